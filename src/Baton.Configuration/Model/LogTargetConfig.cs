// One "log" line.
namespace Baton.Configuration.Model;

public sealed record LogTargetConfig
{
    public required SourcePosition Position { get; init; }

    /// <summary>"log global" in a proxy: the global targets stand here.</summary>
    public bool Global { get; init; }

    /// <summary>Null for stdout/stderr/fd@ (use <see cref="FileDescriptor"/>).</summary>
    public AddressConfig? Address { get; init; }
    public int FileDescriptor { get; init; } = -1;
    public LogFormatKind Format { get; init; }

    /// <summary>Maximum line length in bytes, default 1024.</summary>
    public int Length { get; init; } = 1024;

    /// <summary>0..23.</summary>
    public int Facility { get; init; }

    /// <summary>0..7, messages above are dropped; default 7 (debug).</summary>
    public int Level { get; init; } = 7;

    /// <summary>Messages more severe than this are sent at this level.</summary>
    public int MinLevel { get; init; }

    /// <summary>"sample 1,3-5:10": the indices taken out of every SampleSize; 0 when off.</summary>
    public int SampleSize { get; init; }
    public (int Low, int High)[] SampleRanges { get; init; } = [];
    public string? Ring { get; init; }
}
