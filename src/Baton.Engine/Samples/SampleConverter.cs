// The engine's row of a converter: what the parser needs, and what converts.
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples;

/// <summary>A converter row with its implementation.</summary>
public sealed class SampleConverter : ConverterKeyword
{
    public required ConvertFunction Convert { get; init; }

    /// <summary>Called instead of <see cref="Convert"/> when set.</summary>
    public StreamConvertFunction? ConvertOn { get; init; }
}
