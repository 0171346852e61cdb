// "http-check expect" and "tcp-check expect": [options] [!] MATCH PATTERN.
using System;
using System.Globalization;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Text;

namespace Baton.Configuration.Sections;

internal static class CheckExpectLine
{
    private static readonly string[] OkStatuses = ["L7OK", "L7OKC", "L6OK", "L4OK"],
        ErrorStatuses = ["L7OKC", "L7RSP", "L7STS", "L6RSP", "L4CON"],
        TimeoutStatuses = ["L7TOUT", "L6TOUT", "L4TOUT"];

    public static void Read(DirectiveContext c, bool http)
    {
        var rule = new CheckRuleConfig { Kind = CheckRuleKind.Expect, Position = c.Position };
        bool hasMatch = false;
        for (int i = 0; i < c.Count; i++)
        {
            string word = c[i];
            if (word == "!" && !hasMatch)
                rule.Inverse = true;
            else if (Option(c, rule, ref i, out bool failed))
            {
                if (failed)
                    return;
            }
            else if (hasMatch)
            {
                c.Error($"'{c.Keyword}' : only one pattern at a time, got '{word}'.", word);
                return;
            }
            else if (!Match(c, rule, http, ref i))
                return;
            else
                hasMatch = true;
        }
        if (hasMatch)
            c.Proxy.HealthCheck.Add(rule, http);
        else
            c.Error($"'{c.Keyword}' expects a match and a pattern.", c.Keyword);
    }

    /// <summary>What stands around the match; false when the word is none of that.</summary>
    private static bool Option(DirectiveContext c, CheckRuleConfig rule, ref int i, out bool failed)
    {
        string word = c[i];
        failed = false;
        if (
            word
            is not (
                "comment"
                or "min-recv"
                or "ok-status"
                or "error-status"
                or "tout-status"
                or "on-success"
                or "on-error"
                or "status-code"
            )
        )
            return false;
        failed = !CheckLines.Value(c, ref i, out string value);
        if (failed)
            return true;
        switch (word)
        {
            case "comment":
                rule.Comment = value;
                break;
            case "min-recv":
                failed = !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int least) || least < -1;
                rule.MinReceive = least;
                if (failed)
                    c.Error($"'{c.Keyword}' : 'min-recv' expects an integer of at least -1, got '{value}'.", value);
                break;
            case "on-success" or "on-error":
                LogFormatConfig? text = CheckValues.Format(c, value);
                failed = text is null;
                if (word == "on-error")
                    rule.OnError = text;
                else
                    rule.OnSuccess = text;
                break;
            case "status-code":
                failed = (rule.StatusCode = CheckValues.Sample(c, i)) is null;
                break;
            default:
                failed = !Status(c, rule, word, value);
                break;
        }
        return true;
    }

    private static bool Status(DirectiveContext c, CheckRuleConfig rule, string word, string value)
    {
        string[] possible =
            word == "ok-status" ? OkStatuses
            : word == "error-status" ? ErrorStatuses
            : TimeoutStatuses;
        if (Array.IndexOf(possible, value) < 0)
        {
            c.Error($"'{c.Keyword}' : '{word}' only supports {string.Join(", ", possible)} (got '{value}').", value);
            return false;
        }
        if (word == "ok-status")
            rule.OkStatus = value;
        else if (word == "error-status")
            rule.ErrorStatus = value;
        else
            rule.TimeoutStatus = value;
        return true;
    }

    private static bool Match(DirectiveContext c, CheckRuleConfig rule, bool http, ref int i)
    {
        string word = c[i];
        // COMPAT: "!status" is what "! status" is
        if (word.StartsWith('!') && word.Length > 1)
        {
            rule.Inverse = true;
            word = word[1..];
        }
        if (http && word is "hdr" or "fhdr")
        {
            rule.Match = word == "hdr" ? CheckMatch.Header : CheckMatch.FullHeader;
            return Header(c, rule, ref i);
        }
        CheckMatch? match = word switch
        {
            "string" => CheckMatch.String,
            "rstring" => CheckMatch.Regex,
            "status" when http => CheckMatch.Status,
            "rstatus" when http => CheckMatch.StatusRegex,
            "binary" when !http => CheckMatch.Binary,
            "rbinary" when !http => CheckMatch.BinaryRegex,
            "string-lf" => CheckMatch.String,
            "binary-lf" when !http => CheckMatch.Binary,
            _ => null,
        };
        if (match is null)
        {
            string expected = http
                ? "'status', 'rstatus', 'string', 'string-lf', 'rstring', 'hdr' or 'fhdr'"
                : "'string', 'string-lf', 'rstring', 'binary', 'binary-lf' or 'rbinary'";
            CheckLines.Unknown(c, word, [], expected);
            return false;
        }
        if (!CheckLines.Value(c, ref i, out string pattern))
            return false;
        (rule.Match, rule.Pattern) = (match.Value, pattern);
        if (word.EndsWith("-lf", StringComparison.Ordinal))
        {
            rule.IsHex = match == CheckMatch.Binary;
            return (rule.Format = CheckValues.Format(c, pattern)) is not null;
        }
        return match switch
        {
            CheckMatch.Status => Codes(c, rule, pattern),
            CheckMatch.Binary => Bytes(c, rule, CheckLines.Hex(pattern)),
            CheckMatch.String => Bytes(c, rule, ByteText.GetBytes(pattern)),
            _ => true,
        };
    }

    private static bool Bytes(DirectiveContext c, CheckRuleConfig rule, byte[]? bytes)
    {
        if (bytes is not { Length: > 0 })
        {
            c.Error(
                $"'{c.Keyword}' expects {(bytes is null ? "hexadecimal digits in pairs" : "a pattern")}, got '{rule.Pattern}'.",
                rule.Pattern
            );
            return false;
        }
        rule.Bytes = bytes;
        return true;
    }

    /// <summary>"200,201,300-310".</summary>
    private static bool Codes(DirectiveContext c, CheckRuleConfig rule, string text)
    {
        foreach (string part in text.Split(','))
        {
            int dash = part.IndexOf('-', StringComparison.Ordinal);
            string from = dash < 0 ? part : part[..dash],
                to = dash < 0 ? part : part[(dash + 1)..];
            if (
                !int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int low)
                || !int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out int high)
                || low < 100
                || high > 999
                || low > high
            )
            {
                c.Error($"'{c.Keyword}' : 'status' expects codes from 100 to 999 and ranges of them, got '{part}'.", part);
                return false;
            }
            rule.Codes.Add((low, high));
        }
        return true;
    }

    /// <summary>name [-m METHOD] NAME [value [-m METHOD] VALUE].</summary>
    private static bool Header(DirectiveContext c, CheckRuleConfig rule, ref int i)
    {
        if (i + 1 >= c.Count || c[i + 1] is not ("name" or "name-lf"))
        {
            string found = i + 1 < c.Count ? c[i + 1] : "";
            CheckLines.Unknown(c, found, [], "'name' or 'name-lf' behind 'hdr' or 'fhdr'");
            return false;
        }
        i++;
        if (!Part(c, ref i, out CheckTextMatch match, out string name, out LogFormatConfig? format))
            return false;
        (rule.Name, rule.NameMatch, rule.NameFormat) = (name, match, format);
        if (i + 1 >= c.Count || c[i + 1] is not ("value" or "value-lf"))
            return true;
        i++;
        if (!Part(c, ref i, out match, out string value, out format))
            return false;
        (rule.Value, rule.ValueMatch, rule.ValueFormat) = (value, match, format);
        return true;
    }

    /// <summary>[-m METHOD] TEXT, or a format behind a word in "-lf".</summary>
    private static bool Part(DirectiveContext c, ref int i, out CheckTextMatch match, out string text, out LogFormatConfig? format)
    {
        bool isFormat = c[i].EndsWith("-lf", StringComparison.Ordinal);
        match = CheckTextMatch.Exact;
        format = null;
        if (!CheckLines.Value(c, ref i, out text))
            return false;
        if (text == "-m" && !Method(c, ref i, out match, out text))
            return false;
        if (!isFormat)
            return true;
        if (match == CheckTextMatch.Regex)
        {
            c.Error($"'{c.Keyword}' : a log-format cannot be matched as a regular expression, got '-m reg'.", "-m");
            return false;
        }
        return (format = CheckValues.Format(c, text)) is not null;
    }

    private static bool Method(DirectiveContext c, ref int i, out CheckTextMatch match, out string text)
    {
        (match, text) = (CheckTextMatch.Exact, "");
        if (!CheckLines.Value(c, ref i, out string method))
            return false;
        CheckTextMatch? found = method switch
        {
            "str" => CheckTextMatch.Exact,
            "beg" => CheckTextMatch.Begin,
            "end" => CheckTextMatch.End,
            "sub" => CheckTextMatch.Sub,
            "reg" => CheckTextMatch.Regex,
            _ => null,
        };
        if (found is null)
        {
            c.Error($"'{c.Keyword}' : '-m' expects 'str', 'beg', 'end', 'sub' or 'reg', got '{method}'.", method);
            return false;
        }
        match = found.Value;
        return CheckLines.Value(c, ref i, out text);
    }
}
