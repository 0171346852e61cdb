// Runs a sample expression: its fetch, then its converters, on memory that the caller lends.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples;

public static class SampleEvaluation
{
    /// <summary>Fetches and converts. The scratch memory must live as long as the value.</summary>
    public static bool Evaluate(
        this SampleExpressionConfig expression,
        ProxyStream stream,
        int occurrence,
        Span<byte> scratch,
        ref SampleValue value
    )
    {
        value.MayChange = false;
        // a step reads its text from one half and writes into the other
        Span<byte> low = scratch[..(scratch.Length / 2)],
            high = scratch[(scratch.Length / 2)..];
        if (!((SampleFetch)expression.Fetch).Evaluate(stream, expression.Arguments, occurrence, low, ref value))
        {
            // HTTP in TCP mode: the rest of the head may still come
            if (!stream.IsHttp && (expression.Needs & (SampleNeeds.RequestHead | SampleNeeds.RequestLine)) != 0)
                value.MayChange |= HttpInspection.Of(stream) == HttpLook.Incomplete;
            return false;
        }
        foreach ((ConverterKeyword converter, Argument[] arguments) in expression.Converters)
        {
            var row = (SampleConverter)converter;
            if (!SampleCast.To(row.Input, Other(low, high, value), ref value))
                return false;
            Span<byte> free = Other(low, high, value);
            if (!(row.ConvertOn is { } onStream ? onStream(stream, arguments, free, ref value) : row.Convert(arguments, free, ref value)))
                return false;
        }
        return true;
    }

    private static Span<byte> Other(Span<byte> low, Span<byte> high, scoped in SampleValue value) =>
        value.HasText && value.Text.Overlaps(low) ? high : low;
}
