// "http-check expect hdr" and "fhdr": a name and perhaps a value among the header fields of the answer.
using System;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Loop;

namespace Baton.Engine.Checks;

internal sealed class CheckFieldPattern
{
    private readonly CheckRuleConfig _rule;
    private readonly byte[] _name,
        _value;
    private readonly CheckText? _nameText,
        _valueText;
    private readonly Samples.RegularExpression? _nameRegex,
        _valueRegex;

    public CheckFieldPattern(CheckRuleConfig rule, out string error)
    {
        error = "";
        _rule = rule;
        _name = ByteText.GetBytes(rule.Name.ToLowerInvariant());
        _value = ByteText.GetBytes(rule.Value ?? "");
        (_nameText, _valueText) = (CheckText.Of(rule.NameFormat), CheckText.Of(rule.ValueFormat));
        if (rule.NameMatch == CheckTextMatch.Regex)
            _nameRegex = Samples.RegularExpression.Create(rule.Name, true, out error);
        if (rule.Value is not null && rule.ValueMatch == CheckTextMatch.Regex && error.Length == 0)
            _valueRegex = Samples.RegularExpression.Create(rule.Value, false, out error);
    }

    public bool Matches(CheckDialogue dialogue, in CheckResponse response)
    {
        int at = 0;
        byte[] lower = new byte[256],
            wanted = _nameText is null ? _name : ByteText.GetBytes(_nameText.Text(dialogue).ToLowerInvariant()),
            wantedValue = _valueText is null ? _value : _valueText.Bytes(dialogue) ?? [];
        // COMPAT: a format without content names nothing
        if (_nameText is not null && wanted.Length == 0)
            return false;
        while (response.NextField(ref at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (name.Length > lower.Length)
                continue;
            Ascii.ToLower(name, lower, out int length);
            if (
                Matches(dialogue.Worker, lower.AsSpan(0, length), _rule.NameMatch, wanted, _nameRegex)
                && MatchesValue(dialogue.Worker, value, wantedValue)
            )
                return true;
        }
        return false;
    }

    /// <summary>Of hdr each part of a list counts, of fhdr the whole.</summary>
    private bool MatchesValue(Worker worker, ReadOnlySpan<byte> value, byte[] wanted)
    {
        if (_rule.Value is null)
            return true;
        if (_rule.Match == CheckMatch.FullHeader)
            return Matches(worker, value, _rule.ValueMatch, wanted, _valueRegex);
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> part = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            if (Matches(worker, part, _rule.ValueMatch, wanted, _valueRegex))
                return true;
            if (comma < 0)
                return false;
            value = value[(comma + 1)..];
        }
    }

    private static bool Matches(
        Worker worker,
        ReadOnlySpan<byte> text,
        CheckTextMatch match,
        byte[] wanted,
        Samples.RegularExpression? regex
    ) =>
        match switch
        {
            CheckTextMatch.Begin => text.StartsWith(wanted),
            CheckTextMatch.End => text.EndsWith(wanted),
            CheckTextMatch.Sub => text.IndexOf(wanted) >= 0,
            CheckTextMatch.Regex => regex!.IsMatch(worker, text),
            _ => text.SequenceEqual(wanted),
        };
}
