// unique-id-format: the name a request carries through a chain of programs. It is made when it is first asked for (a rule,
// the head for the server, the PROXY header, the log) and stays what it is then.
// SAFETY: _block is null or a block of the worker's UniqueIds until Release; MaxLength is below its size.
using System;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed unsafe class UniqueId(ProxyStream stream)
{
    /// <summary>COMPAT: longer identifiers are cut.</summary>
    private const int MaxLength = 127;
    private byte* _block;
    private int _length;
    public bool HoldsMemory => _block is not null;

    /// <summary>The identifier if it was made; empty otherwise.</summary>
    public ReadOnlySpan<byte> Text => _block is null ? default : new ReadOnlySpan<byte>(_block, _length);

    /// <summary>The identifier, made now when it is the first time. False when the frontend has no format.</summary>
    public bool TryGet(out ReadOnlySpan<byte> id)
    {
        id = default;
        if (_block is null)
        {
            if (stream.Frontend.UniqueIdFormat is not { } format || !stream.BecameRequest)
                return false;
            // a format that asks for the identifier finds an empty one
            _block = stream.Worker.UniqueIds.Rent();
            if (_block is null)
                return false;
            _length = 0;
            _length = format.Write(stream, new Span<byte>(_block, MaxLength));
        }
        id = Text;
        return true;
    }

    /// <summary>That of a stream which comes from another process.</summary>
    public void Adopt(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return;
        _block = stream.Worker.UniqueIds.Rent();
        if (_block is null)
            return;
        _length = Math.Min(id.Length, MaxLength);
        id[.._length].CopyTo(new Span<byte>(_block, MaxLength));
    }

    public void Release()
    {
        if (_block is null)
            return;
        stream.Worker.UniqueIds.Return(_block);
        _block = null;
        _length = 0;
    }
}
