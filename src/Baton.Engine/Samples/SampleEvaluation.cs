using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples;

public static class SampleEvaluation
{
    /// <summary>Fetches and converts. The scratch memory must live as long as the value.</summary>
    public static bool Evaluate(this SampleExpressionConfig expression, ProxyStream stream, int occurrence, Span<byte> scratch, ref SampleValue value)
    {
        value.MayChange = false;
        if (!((SampleFetch)expression.Fetch).Evaluate(stream, expression.Arguments, occurrence, scratch, ref value)) return false;
        foreach ((ConverterKeyword converter, Argument[] arguments) in expression.Converters)
        {
            var row = (SampleConverter)converter;
            if (!(row.ConvertOn is { } onStream ? onStream(stream, arguments, scratch, ref value) : row.Convert(arguments, scratch, ref value))) return false;
        }
        return true;
    }
}
