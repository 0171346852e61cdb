// Conditions of .if and -cc (manual 2.4): predicates, !, &&, || and parentheses.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Lexing;

namespace Baton.Configuration.Conditions;

/// <summary>One reading of one text: the position moves from left to right.</summary>
public sealed class ConditionEvaluator
{
    /// <summary>The HAProxy release whose language this is, for version_atleast and version_before.</summary>
    public const string LanguageVersion = "3.2.0";

    /// <summary>A condition may be nested this deep.</summary>
    private const int MaxDepth = 64;

    private delegate bool Test(string[] arguments);

    private sealed record Predicate(string Name, int Arguments, Test Test);

    private readonly string _text;
    private int _at,
        _depth;
    private string _error = "";

    private ConditionEvaluator(string text) => _text = text;

    /// <summary>Names of the predicates.</summary>
    public static IEnumerable<string> Predicates
    {
        get
        {
            foreach (Predicate row in s_predicates)
                yield return row.Name;
        }
    }

    /// <summary>The value of a condition as it is written on the command line, with quotes and variables; null with the reason when it
    /// cannot be read.</summary>
    public static bool? EvaluateWritten(string text, out string error)
    {
        if (new LineLexer(Environment.GetEnvironmentVariable).Split(text, out List<Word> words, out LexError wrong))
            return Evaluate(ConditionStack.Join(words, 0), out error, out _);
        error = $"{wrong.Message} at position {wrong.Column + 1}";
        return null;
    }

    /// <summary>The value, or null with the reason it cannot be read and where.</summary>
    public static bool? Evaluate(string text, out string error, out int column)
    {
        var reading = new ConditionEvaluator(text);
        bool? value = reading.Or();
        if (value is not null && !reading.AtEnd())
            value = reading.Fail($"unexpected character '{text[reading._at]}' at the end of conditional expression '{text}'");
        (error, column) = (reading._error, reading._at);
        return value;
    }

    private bool AtEnd()
    {
        Space();
        return _at == _text.Length;
    }

    private bool? Fail(string error)
    {
        _error = error;
        return null;
    }

    private bool? Or()
    {
        bool? left = And();
        while (left is not null && Take("||"))
            left = And() is { } right ? left | right : null;
        return left;
    }

    private bool? And()
    {
        bool? left = Term();
        while (left is not null && Take("&&"))
            left = Term() is { } right ? left & right : null;
        return left;
    }

    private bool? Term()
    {
        if (_depth >= MaxDepth)
            return Fail("conditional expression is nested too deep");
        if (Take("!"))
        {
            _depth++;
            bool? value = !Term();
            _depth--;
            return value;
        }
        if (Take("("))
            return Group();
        Space();
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '.' or '+'))
            _at++;
        string word = _text[start.._at];
        if (_at < _text.Length && _text[_at] == '(' && word.Length > 0)
            return Call(word, start);
        // COMPAT: an empty condition is false
        if (word.Length == 0 && start == _text.Length && _text.AsSpan().Trim().IsEmpty)
            return false;
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return number != 0;
        _at = start;
        return Fail($"unparsable conditional expression '{_text[start..]}'");
    }

    private bool? Group()
    {
        int start = _at - 1;
        _depth++;
        bool? inner = Or();
        _depth--;
        if (inner is null || Take(")"))
            return inner;
        return Fail($"expected ')' after conditional expression '{_text[start..]}'");
    }

    private bool? Call(string name, int start)
    {
        Predicate? predicate = Array.Find(s_predicates, row => row.Name == name);
        if (predicate is null)
        {
            _at = start;
            return Fail($"unparsable conditional expression '{_text[start..]}'");
        }
        int close = _text.IndexOf(')', _at);
        if (close < 0)
            return Fail($"expected ')' in argument 1 of predicate '{name}' used in conditional expression");
        string[] arguments = _text[(_at + 1)..close].Split(',');
        if (arguments.Length < predicate.Arguments)
            return Fail(
                $"missing arguments (got {arguments.Length}/{predicate.Arguments}), type 'string' expected in argument 1 of predicate '{name}' used in conditional expression"
            );
        if (arguments.Length > predicate.Arguments)
            return Fail(
                $"expected ')' before ',{string.Join(',', arguments[predicate.Arguments..])})' in argument 1 of predicate '{name}' used in conditional expression"
            );
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = arguments[i].Trim();
        _at = close + 1;
        return predicate.Test(arguments);
    }

    /// <summary>The language's version against another: negative when it is older.</summary>
    private static int Compare(string other)
    {
        int cut = other.IndexOf('-');
        string[] a = LanguageVersion.Split('.'),
            b = (cut < 0 ? other : other[..cut]).Split('.');
        for (int i = 0; i < b.Length; i++)
        {
            int x = i < a.Length ? int.Parse(a[i], CultureInfo.InvariantCulture) : 0;
            int y = int.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out int v) ? v : 0;
            if (x != y)
                return x.CompareTo(y);
        }
        return 0;
    }

    private bool Take(string token)
    {
        Space();
        if (string.CompareOrdinal(_text, _at, token, 0, token.Length) != 0)
            return false;
        _at += token.Length;
        return true;
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
            _at++;
    }

    private static readonly string[] s_enabled = ["EPOLL", "GETADDRINFO", "REUSEPORT", "FAST-FORWARD"];

    private static readonly Predicate[] s_predicates =
    [
        new("defined", 1, a => Environment.GetEnvironmentVariable(a[0]) is not null),
        new("feature", 1, a => BuildFeatures.Has(a[0])),
        new("enabled", 1, a => Array.IndexOf(s_enabled, a[0]) >= 0),
        new("streq", 2, a => a[0] == a[1]),
        new("strneq", 2, a => a[0] != a[1]),
        new("strstr", 2, a => a[0].Contains(a[1], StringComparison.Ordinal)),
        new("version_atleast", 1, a => Compare(a[0]) >= 0),
        new("version_before", 1, a => Compare(a[0]) < 0),
        // no TLS library is linked yet: nothing is true of its version
        new("openssl_version_atleast", 1, static _ => false),
        new("openssl_version_before", 1, static _ => false),
        new("ssllib_name_startswith", 1, static _ => false),
        new("awslc_api_atleast", 1, static _ => false),
        new("awslc_api_before", 1, static _ => false),
    ];
}
