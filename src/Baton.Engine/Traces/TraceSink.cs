// Where traces go: standard output, standard error, or memory.
using System;
using System.Globalization;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Engine.Traces;

public sealed class TraceSink
{
    private const int RingSize = 1 << 20;

    private readonly int _fd;
    private long _dropped;

    private TraceSink(string name, string says, int fd)
    {
        (Name, Says, _fd) = (name, says, fd);
        if (fd < 0)
            Ring = new TraceRing(RingSize);
    }

    /// <summary>COMPAT: names and words of HAProxy.</summary>
    public static readonly TraceSink[] All =
    [
        new("stdout", "standard output (fd#1)", 1),
        new("stderr", "standard output (fd#2)", 2),
        new("buf0", "in-memory ring buffer", -1),
    ];

    public static TraceSink? Find(string name) => Array.Find(All, s => s.Name == name);

    public string Name { get; }
    public string Says { get; }

    /// <summary>Null for a descriptor.</summary>
    public TraceRing? Ring { get; }

    /// <summary>Lines that could not be written: whoever reads a pipe does not hold traffic up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>By the microsecond: of an event the loop's clock would tell too little.</summary>
    private static DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddTicks(Clocks.Nanoseconds(Clocks.REALTIME) / 100).ToLocalTime();

    internal void Write(string line)
    {
        if (Ring is not null)
            Ring.Append($"<0>{Now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture)} {line}");
        else if (!Files.IsWritable(_fd) || !Files.WriteAll(_fd, line + "\n"))
            Interlocked.Increment(ref _dropped);
    }
}
