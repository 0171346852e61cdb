// One ACL line: a sample against patterns (manual 7.1).
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Patterns;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Acls;

public sealed class AclTest(AclExpressionConfig config)
{
    private readonly PatternTable[] _tables = Array.ConvertAll(config.Tables, t => (PatternTable)t);
    private readonly SharedSample? _shared = SharedSample.Of(config.Sample);

    /// <summary>Tests the sample's values. Pending when it fails on bytes that may still come, unless <paramref name="final"/> says that
    /// none are waited for.</summary>
    public AclResult Test(ProxyStream stream, bool final)
    {
        Span<byte> scratch = stream.Worker.Scratch.SampleSpan;
        if (_shared is { IsShared: true } && stream.Worker.SampleMemo.TryGet(_shared, stream, scratch, out SampleMemo.Values known))
            return MatchesAny(stream, scratch, known);
        SampleValue value = default;
        bool multiple = ((SampleFetch)config.Sample.Fetch).Multiple;
        for (int i = 0; ; i++)
        {
            bool exists = config.Sample.Evaluate(stream, multiple ? i : -1, scratch, ref value);
            if (exists && MatchesValue(stream, scratch, ref value))
                return AclResult.Pass;
            if (!exists || !multiple)
                return value.MayChange && !final ? AclResult.Pending : AclResult.Fail;
        }
    }

    /// <summary>The sample as it is written, and its values now, a few at most; for people. Null when it has none.</summary>
    internal (string Sample, string? Seen) Describe(ProxyStream stream)
    {
        const int most = 5;
        Span<byte> scratch = stream.Worker.Scratch.SampleSpan;
        bool multiple = ((SampleFetch)config.Sample.Fetch).Multiple;
        var seen = new System.Collections.Generic.List<string>();
        SampleValue value = default;
        for (int i = 0; i < most && config.Sample.Evaluate(stream, multiple ? i : -1, scratch, ref value); i++)
        {
            seen.Add(
                SampleCast.To(SampleType.String, scratch, ref value) ? System.Text.Encoding.Latin1.GetString(value.Text) : "(no text)"
            );
            if (!multiple)
                break;
        }
        return (config.Sample.Text, seen.Count == 0 ? null : string.Join(", ", seen));
    }

    private AclResult MatchesAny(ProxyStream stream, Span<byte> scratch, SampleMemo.Values values)
    {
        SampleValue value = default;
        for (int i = 0; i < values.Count; i++)
        {
            value.SetText(values[i]);
            if (MatchesValue(stream, scratch, ref value))
                return AclResult.Pass;
        }
        return AclResult.Fail;
    }

    /// <summary>Casts to what the patterns are; the scratch memory may hold the value, which is written into it only when it is no
    /// text.</summary>
    private bool MatchesValue(ProxyStream stream, Span<byte> scratch, ref SampleValue value)
    {
        switch (config.Match)
        {
            case AclMatchMethod.Found:
                return true;
            case AclMatchMethod.Bool:
                return SampleCast.To(SampleType.Bool, scratch, ref value) && value.Number != 0;
            case AclMatchMethod.Integer:
                return SampleCast.To(SampleType.Integer, scratch, ref value) && IsInAny(value.Number);
            case AclMatchMethod.Ip:
                if (!SampleCast.To(SampleType.Address, scratch, ref value))
                    return false;
                foreach (PatternTable table in _tables)
                    if (table.FindAddress(value.Address).IsSet)
                        return true;
                return false;
            default:
                if (!SampleCast.To(config.Match == AclMatchMethod.Binary ? SampleType.Binary : SampleType.String, scratch, ref value))
                    return false;
                foreach (PatternTable table in _tables)
                    if (table.FindText(stream.Worker, value.Text, out _).IsSet)
                        return true;
                return false;
        }
    }

    private bool IsInAny(long number)
    {
        foreach (PatternTable table in _tables)
            if (table.FindNumber(number).IsSet)
                return true;
        return false;
    }
}
