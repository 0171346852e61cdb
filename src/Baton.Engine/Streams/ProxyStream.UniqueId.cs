// unique-id-format: the name a request carries through a chain of programs. It is made when it is first asked for (a rule,
// the head for the server, the PROXY header, the log) and stays what it is then.
// SAFETY: _uniqueId is null or a block of the worker's UniqueIds until ReleaseUniqueId; MaxUniqueId is below its size.
using System;

namespace Baton.Engine.Streams;

public abstract unsafe partial class ProxyStream
{
    /// <summary>COMPAT: longer identifiers are cut.</summary>
    public const int MaxUniqueId = 127;

    private byte* _uniqueId;
    private int _uniqueIdLength;

    /// <summary>The identifier if it was made; empty otherwise.</summary>
    public ReadOnlySpan<byte> UniqueId => _uniqueId is null ? default : new ReadOnlySpan<byte>(_uniqueId, _uniqueIdLength);

    /// <summary>The identifier, made now when it is the first time. False when the frontend has no format.</summary>
    internal bool TryGetUniqueId(out ReadOnlySpan<byte> id)
    {
        id = default;
        if (_uniqueId is null)
        {
            if (Frontend.UniqueIdFormat is not { } format || !BecameRequest)
                return false;
            // a format that asks for the identifier finds an empty one
            _uniqueId = Worker.UniqueIds.Rent();
            if (_uniqueId is null)
                return false;
            _uniqueIdLength = 0;
            _uniqueIdLength = format.Write(this, new Span<byte>(_uniqueId, MaxUniqueId));
        }
        id = UniqueId;
        return true;
    }

    /// <summary>Takes over the identifier of a stream that comes from another process.</summary>
    private void AdoptUniqueId(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return;
        _uniqueId = Worker.UniqueIds.Rent();
        if (_uniqueId is null)
            return;
        _uniqueIdLength = Math.Min(id.Length, MaxUniqueId);
        id[.._uniqueIdLength].CopyTo(new Span<byte>(_uniqueId, MaxUniqueId));
    }

    private void ReleaseUniqueId()
    {
        if (_uniqueId is null)
            return;
        Worker.UniqueIds.Return(_uniqueId);
        _uniqueId = null;
        _uniqueIdLength = 0;
    }
}
