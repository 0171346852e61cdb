// One message of a stream that is compressed: how, and the compressor it has.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Engine.Filters.Compression;

/// <summary>A field of its filter, never copied. OWNER: the stream's worker.</summary>
internal struct CompressedSide
{
    private Deflater? _deflater;
    private int _level;

    public bool IsOn { get; private set; }
    public CompressionAlgorithm Algorithm { get; private set; }
    public readonly bool HasDeflater => _deflater is not null;

    /// <summary>False when there is no memory for it, or no time: the message stays as it is.</summary>
    public bool Begin(Worker worker, CompressionAlgorithm algorithm)
    {
        CompressionUse use = worker.Engine.Compression;
        if (use.IsLimited && use.IsTooMuch(worker))
            return false;
        if (algorithm != CompressionAlgorithm.Identity)
        {
            _deflater = worker.Deflaters.Rent(algorithm);
            if (_deflater is null)
                return false;
            _level = _deflater.Level;
        }
        Algorithm = algorithm;
        return IsOn = true;
    }

    /// <summary>From the first byte, once more.</summary>
    public readonly void Restart() => _deflater?.Begin(_level);

    public void Release(Worker worker)
    {
        IsOn = false;
        if (_deflater is not null)
            worker.Deflaters.Return(_deflater);
        _deflater = null;
    }

    /// <summary>As <see cref="StreamFilter.Transform"/>. <paramref name="isCompressed"/>: it cost something.</summary>
    public int Run(Worker worker, ReadOnlySpan<byte> payload, Span<byte> to, bool isEnd, out int taken, out bool isCompressed)
    {
        if (_deflater is null)
        {
            isCompressed = false;
            taken = Math.Min(payload.Length, to.Length);
            payload[..taken].CopyTo(to);
            return taken;
        }
        CompressionUse use = worker.Engine.Compression;
        // COMPAT: by one step at a time, down to nothing and up to what it began with
        if (use.IsLimited && !payload.IsEmpty)
            _level = Math.Clamp(use.IsTooMuch(worker) ? _level - 1 : _level + 1, 0, use.Settings.MaxCompressionLevel);
        isCompressed = _level > 0;
        return _deflater.Run(payload, to, _level, isEnd, out taken);
    }
}
