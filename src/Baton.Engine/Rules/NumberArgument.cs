using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>An argument of an action that is a number, or a sample that gives one when the rule runs.</summary>
internal readonly struct NumberArgument(Argument argument)
{
    private readonly SampleExpressionConfig? _sample = argument.Value as SampleExpressionConfig;
    private readonly long _fixed = argument.Number;

    /// <summary>False when the sample has no value, or none that is a number.</summary>
    public bool TryGet(ProxyStream stream, out long number)
    {
        number = _fixed;
        if (_sample is null)
            return true;
        SampleValue value = default;
        return _sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value) && value.TryGetNumber(out number);
    }
}
