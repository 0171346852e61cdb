// One ACL line: a sample against patterns (manual 7.1).
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Patterns;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Acls;

public sealed class AclTest(AclExpressionConfig config)
{
    private readonly PatternTable[] _tables = Array.ConvertAll(config.Tables, t => (PatternTable)t);

    /// <summary>Tests the sample's values. Pending when it fails on bytes that may still come, unless <paramref name="final"/> says that none are waited for.</summary>
    public AclResult Test(ProxyStream stream, bool final)
    {
        Span<byte> scratch = stream.Worker.Scratch.SampleSpan;
        SampleValue value = default;
        bool multiple = ((SampleFetch)config.Sample.Fetch).Multiple;
        for (int i = 0; ; i++)
        {
            bool exists = config.Sample.Evaluate(stream, multiple ? i : -1, scratch, ref value);
            if (exists && MatchesValue(stream, ref value)) return AclResult.Pass;
            if (!exists || !multiple) return value.MayChange && !final ? AclResult.Pending : AclResult.Fail;
        }
    }

    private bool MatchesValue(ProxyStream stream, ref SampleValue value)
    {
        Span<byte> number = stackalloc byte[48];
        switch (config.Match)
        {
            case AclMatchMethod.Found: return true;
            case AclMatchMethod.Bool: return value.Number != 0;
            case AclMatchMethod.Integer:
                if (value.Type is SampleType.Integer or SampleType.Bool) return IsInAny(value.Number);
                return long.TryParse(value.AsText(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) && IsInAny(n);
            case AclMatchMethod.Ip:
                if (!value.TryGetAddress(out SocketAddress address)) return false;
                foreach (PatternTable table in _tables) if (table.FindAddress(address) is not null) return true;
                return false;
            default:
                ReadOnlySpan<byte> text = value.AsText(number);
                foreach (PatternTable table in _tables) if (table.FindText(stream.Worker, text, out _) is not null) return true;
                return false;
        }
    }

    private bool IsInAny(long number)
    {
        foreach (PatternTable table in _tables) if (table.FindNumber(number) is not null) return true;
        return false;
    }
}
