using System.Collections.Generic;

namespace Baton.Configuration.Expressions;

/// <summary>A fetch followed by converters, e.g. "req.hdr(host),lower".</summary>
public sealed class SampleExpressionConfig
{
    public required string Text { get; init; }
    public required SampleFetchKeyword Fetch { get; init; }
    public Argument[] Arguments { get; init; } = [];
    public List<(ConverterKeyword Converter, Argument[] Arguments)> Converters { get; } = [];
    public SampleType Output { get; init; }

    internal SampleExpressionConfig With(List<(ConverterKeyword, Argument[])> converters)
    {
        Converters.AddRange(converters);
        return this;
    }

    public SampleNeeds Needs => Fetch.Needs;
}
