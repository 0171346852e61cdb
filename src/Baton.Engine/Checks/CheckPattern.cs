// What an "expect" line looks for in bytes: a text, some bytes, a regular expression, or one over the bytes in hexadecimal.
using System;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Loop;

namespace Baton.Engine.Checks;

/// <summary>Made once, used by all workers.</summary>
internal sealed class CheckPattern
{
    private readonly CheckMatch _match;
    private readonly byte[] _bytes;
    private readonly Samples.RegularExpression? _regex;
    private readonly bool _inverse;
    private readonly int _least;

    /// <summary>Complains by <paramref name="error"/> about a regular expression that is none.</summary>
    public CheckPattern(CheckRuleConfig rule, out string error)
    {
        error = "";
        (_match, _bytes, _inverse, _least) = (rule.Match, rule.Bytes, rule.Inverse, rule.MinReceive);
        if (rule.Match is CheckMatch.Regex or CheckMatch.BinaryRegex or CheckMatch.StatusRegex)
            _regex = Samples.RegularExpression.Create(rule.Pattern, false, out error);
    }

    /// <summary>COMPAT: who says how much has to come is told "no" once that is there; who does not, when nothing more comes.</summary>
    public CheckVerdict Judge(Worker worker, ReadOnlySpan<byte> data, bool last)
    {
        bool isText = _match is CheckMatch.String or CheckMatch.Binary;
        if (!last && (data.Length < _least || isText && data.Length < _bytes.Length && _least != 0))
            return CheckVerdict.Wait;
        bool found = Matches(worker, data);
        if (!found && !last && _least < 0)
            return CheckVerdict.Wait;
        return found != _inverse ? CheckVerdict.Passed : CheckVerdict.Failed;
    }

    /// <summary>Whether it is in there.</summary>
    public bool Matches(Worker worker, ReadOnlySpan<byte> data)
    {
        switch (_match)
        {
            case CheckMatch.String or CheckMatch.Binary:
                return data.IndexOf(_bytes) >= 0;
            case CheckMatch.BinaryRegex:
                return _regex!.IsMatch(worker, ByteText.GetBytes(Convert.ToHexString(data)));
            default:
                return _regex!.IsMatch(worker, data);
        }
    }
}
