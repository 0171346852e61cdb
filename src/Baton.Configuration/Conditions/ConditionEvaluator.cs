// Conditions of .if and -cc (manual 2.4): predicates, !, &&, || and parentheses.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Configuration.Conditions;

public static class ConditionEvaluator
{
    /// <summary>The HAProxy release whose language this is, for version_atleast and version_before.</summary>
    public const string LanguageVersion = "3.2.0";

    private static readonly HashSet<string> Features = ["EPOLL", "LINUX_SPLICE", "LINUX_TPROXY", "LINUX_CAP", "TFO", "NS", "THREAD", "CPU_AFFINITY", "TPROXY", "GETADDRINFO", "ACCEPT4", "PRCTL", "POLL"];

    /// <summary>The value, or null with the reason it cannot be read.</summary>
    public static bool? Evaluate(string text, out string error)
    {
        int at = 0;
        error = "";
        bool? value = Or(text, ref at, ref error);
        if (value is null) return null;
        Space(text, ref at);
        if (at == text.Length) return value;
        error = $"extraneous characters '{text[at..]}' after conditional expression '{text}'";
        return null;
    }

    private static bool? Or(string text, ref int at, ref string error)
    {
        bool? left = And(text, ref at, ref error);
        while (left is not null && Take(text, ref at, "||"))
        {
            bool? right = And(text, ref at, ref error);
            if (right is null) return null;
            left |= right;
        }
        return left;
    }

    private static bool? And(string text, ref int at, ref string error)
    {
        bool? left = Term(text, ref at, ref error);
        while (left is not null && Take(text, ref at, "&&"))
        {
            bool? right = Term(text, ref at, ref error);
            if (right is null) return null;
            left &= right;
        }
        return left;
    }

    private static bool? Term(string text, ref int at, ref string error)
    {
        if (Take(text, ref at, "!")) return !Term(text, ref at, ref error);
        if (Take(text, ref at, "("))
        {
            bool? inner = Or(text, ref at, ref error);
            if (inner is null || Take(text, ref at, ")")) return inner;
            error = $"expected ')' in conditional expression '{text}'";
            return null;
        }
        Space(text, ref at);
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.')) at++;
        string word = text[start..at];
        if (at < text.Length && text[at] == '(') return Predicate(text, word, ref at, ref error);
        if (word.Length == 0) return start == text.Length && text.Trim().Length == 0 ? false : Unparsable(text, start, out error);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return number != 0;
        return Unparsable(text, start, out error);
    }

    private static bool? Unparsable(string text, int at, out string error)
    {
        error = $"unparsable conditional expression '{text[at..]}'";
        return null;
    }

    private static bool? Predicate(string text, string name, ref int at, ref string error)
    {
        int close = text.IndexOf(')', at);
        if (close < 0) { error = $"missing closing parenthesis in conditional expression '{text}'"; return null; }
        string inside = text[(at + 1)..close];
        string[] args = inside.Split(',');
        for (int i = 0; i < args.Length; i++) args[i] = args[i].Trim();
        bool? value = name switch
        {
            "defined" => Environment.GetEnvironmentVariable(args[0]) is not null,
            "feature" => Features.Contains(args[0]),
            "enabled" => args[0] is "POLL" or "EPOLL" or "SPLICE" or "GETADDRINFO" or "REUSEPORT" or "FAST-FORWARD",
            "streq" when args.Length == 2 => args[0] == args[1],
            "strneq" when args.Length == 2 => args[0] != args[1],
            "strstr" when args.Length == 2 => args[0].Contains(args[1], StringComparison.Ordinal),
            "version_atleast" => Compare(args[0]) >= 0,
            "version_before" => Compare(args[0]) < 0,
            "openssl_version_atleast" or "openssl_version_before" or "ssllib_name_startswith" or "awslc_api_atleast" or "awslc_api_before" => false,
            _ => null,
        };
        if (value is null) return Unparsable(text, at - name.Length, out error);
        at = close + 1;
        return value;
    }

    /// <summary>The language's version against another: negative when it is older.</summary>
    private static int Compare(string other)
    {
        int cut = other.IndexOf('-');
        string[] a = LanguageVersion.Split('.'), b = (cut < 0 ? other : other[..cut]).Split('.');
        for (int i = 0; i < b.Length; i++)
        {
            int x = i < a.Length ? int.Parse(a[i], CultureInfo.InvariantCulture) : 0;
            int y = int.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out int v) ? v : 0;
            if (x != y) return x.CompareTo(y);
        }
        return 0;
    }

    private static bool Take(string text, ref int at, string token)
    {
        Space(text, ref at);
        if (string.CompareOrdinal(text, at, token, 0, token.Length) != 0) return false;
        at += token.Length;
        return true;
    }

    private static void Space(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
    }
}
