using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples;

/// <summary>Evaluates; false when there is no such thing now. <paramref name="occurrence"/> counts values of a multi-valued fetch from 0;
/// -1 is the last.</summary>
public delegate bool FetchFunction(ProxyStream stream, Argument[] arguments, int occurrence, Span<byte> scratch, ref SampleValue value);

public delegate bool ConvertFunction(Argument[] arguments, Span<byte> scratch, ref SampleValue value);

/// <summary>A conversion that needs to know the stream (variables).</summary>
public delegate bool StreamConvertFunction(ProxyStream stream, Argument[] arguments, Span<byte> scratch, ref SampleValue value);

/// <summary>A fetch row with its implementation.</summary>
public sealed class SampleFetch : SampleFetchKeyword
{
    public required FetchFunction Evaluate { get; init; }

    /// <summary>Has several values, which an ACL tries one after the other.</summary>
    public bool Multiple { get; init; }

    /// <summary>Depends on nothing but the head of its message: as long as that is not edited, neither does the value change.</summary>
    public bool OfHeadAlone { get; init; }
}

/// <summary>A converter row with its implementation.</summary>
public sealed class SampleConverter : ConverterKeyword
{
    public required ConvertFunction Convert { get; init; }

    /// <summary>Called instead of <see cref="Convert"/> when set.</summary>
    public StreamConvertFunction? ConvertOn { get; init; }
}
