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
    private readonly CheckText? _text;
    private readonly Samples.RegularExpression? _regex;
    private readonly bool _inverse;
    private readonly int _least;

    /// <summary>Complains by <paramref name="error"/> about a regular expression that is none.</summary>
    public CheckPattern(CheckRuleConfig rule, out string error)
    {
        error = "";
        (_match, _bytes, _inverse, _least) = (rule.Match, rule.Bytes, rule.Inverse, rule.MinReceive);
        _text = CheckText.Of(rule.Format, isHex: rule.IsHex);
        if (rule.Match is CheckMatch.Regex or CheckMatch.BinaryRegex or CheckMatch.StatusRegex)
            _regex = Samples.RegularExpression.Create(rule.Pattern, false, out error);
    }

    /// <summary>COMPAT: who says how much has to come is told "no" once that is there; who does not, when nothing more comes.</summary>
    /// <param name="dialogue">What a format is written for.</param>
    /// <param name="data">What it is looked for in.</param>
    /// <param name="last">Nothing more comes.</param>
    /// <param name="lack">What is wrong with what a format gives; null as a rule.</param>
    public CheckVerdict Judge(CheckDialogue dialogue, ReadOnlySpan<byte> data, bool last, out string? lack)
    {
        byte[]? bytes = _text is null ? _bytes : _text.Bytes(dialogue);
        lack =
            _text is null || bytes is { Length: > 0 } ? null
            : bytes is null ? "Failed to parse hexastring resulting of eval of a log-format string"
            : "log-format string evaluated to an empty string";
        if (lack is not null)
            return CheckVerdict.Failed;
        bool isText = _match is CheckMatch.String or CheckMatch.Binary;
        if (!last && (data.Length < _least || isText && data.Length < bytes!.Length && _least != 0))
            return CheckVerdict.Wait;
        bool found = isText ? data.IndexOf(bytes) >= 0 : Matches(dialogue.Worker, data);
        if (!found && !last && _least < 0)
            return CheckVerdict.Wait;
        return found != _inverse ? CheckVerdict.Passed : CheckVerdict.Failed;
    }

    /// <summary>Whether the regular expression finds it.</summary>
    public bool Matches(Worker worker, ReadOnlySpan<byte> data) =>
        _regex!.IsMatch(worker, _match == CheckMatch.BinaryRegex ? ByteText.GetBytes(Convert.ToHexString(data)) : data);
}
