// A pipe through which the kernel moves bytes from one socket to another without copying them into the process (splice(2)).
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Rented from its worker's <see cref="SplicePipePool"/> for as long as a bulk transfer flows. OWNER: one channel.</summary>
public sealed class SplicePipe
{
    private readonly SplicePipePool _pool;

    internal SplicePipe(SplicePipePool pool, int readEnd, int writeEnd)
    {
        _pool = pool;
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
    }

    public int ReadEnd { get; }
    public int WriteEnd { get; }

    /// <summary>Bytes in it.</summary>
    public int Held { get; set; }

    /// <summary>Bytes asked for in one go.</summary>
    public int Size => _pool.PipeSize;

    /// <summary>Gives it back; what it still holds is lost.</summary>
    public void Release() => _pool.Return(this);

    internal void Close()
    {
        Files.close(ReadEnd);
        Files.close(WriteEnd);
    }
}
