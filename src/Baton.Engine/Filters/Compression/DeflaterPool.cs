// The compressors of one worker: those that are idle, by what they make.
using Baton.Configuration.Model;

namespace Baton.Engine.Filters.Compression;

/// <summary>OWNER: one worker. The memory behind them is that of the process (maxzlibmem).</summary>
internal sealed class DeflaterPool(CompressionUse use)
{
    /// <summary>Idle ones that are kept of each kind: a third of a megabyte each.</summary>
    private const int MostIdle = 8;

    private const int Kinds = (int)CompressionAlgorithm.RawDeflate + 1;

    private readonly Deflater?[] _idle = new Deflater?[Kinds * MostIdle];
    private readonly int[] _idleCount = new int[Kinds];

    /// <summary>Null where there is no memory for one more.</summary>
    public Deflater? Rent(CompressionAlgorithm algorithm)
    {
        Deflater? deflater = TakeIdle((int)algorithm) ?? Create(algorithm);
        deflater?.Begin(use.Settings.MaxCompressionLevel);
        return deflater;
    }

    public void Return(Deflater deflater)
    {
        int kind = (int)deflater.Algorithm;
        if (use.IsScarce || _idleCount[kind] == MostIdle)
            Free(deflater);
        else
            _idle[kind * MostIdle + _idleCount[kind]++] = deflater;
    }

    private Deflater? TakeIdle(int kind)
    {
        if (_idleCount[kind] == 0)
            return null;
        ref Deflater? place = ref _idle[kind * MostIdle + --_idleCount[kind]];
        Deflater? deflater = place;
        place = null;
        return deflater;
    }

    private Deflater? Create(CompressionAlgorithm algorithm)
    {
        long size = use.DeflaterSize;
        if (!use.TakeMemory(size) && !(FreeIdle() && use.TakeMemory(size)))
            return null;
        Deflater? deflater = Deflater.Create(use.Settings, algorithm);
        // the first of all says how large they are
        if (deflater is not null && (deflater.Size <= size || use.TakeMemory(deflater.Size - size)))
        {
            use.DeflaterSize = deflater.Size;
            return deflater;
        }
        deflater?.Free();
        use.ReturnMemory(size);
        return null;
    }

    /// <summary>Those of the other kinds make room. False when there are none.</summary>
    private bool FreeIdle()
    {
        bool any = false;
        for (int kind = 0; kind < Kinds; kind++)
            while (TakeIdle(kind) is { } idle)
            {
                Free(idle);
                any = true;
            }
        return any;
    }

    private void Free(Deflater deflater)
    {
        use.ReturnMemory(deflater.Size);
        deflater.Free();
    }
}
