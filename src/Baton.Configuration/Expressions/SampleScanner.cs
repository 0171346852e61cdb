// Takes "fetch(args),converter(args),..." apart, as the manual's 2.2 says of arguments in parentheses: quotes protect commas,
// parentheses and brackets, a backslash protects one character outside of single quotes. What stands behind the expression (the "]" of
// a log-format item) is the caller's.
using System.Collections.Generic;
using System.Text;

namespace Baton.Configuration.Expressions;

/// <summary>One argument without its quotes; whether it had any tells '' from nothing.</summary>
internal readonly record struct CallArgument(string Text, bool Quoted);

/// <summary>A name and its arguments: null when there are no parentheses, one empty argument for "()".</summary>
internal sealed record SampleCall(string Name, List<CallArgument>? Arguments);

internal static class SampleScanner
{
    /// <summary>The calls from <paramref name="at"/> on, which is left behind the last. Null with the reason when an argument list does not
    /// end.</summary>
    public static List<SampleCall>? Expression(string text, ref int at, out string error)
    {
        var calls = new List<SampleCall>(2);
        do
        {
            if (Call(text, ref at, out error) is not { } call)
                return null;
            calls.Add(call);
            if (at >= text.Length || text[at] != ',')
                return calls;
            // COMPAT: several commas count as one, and one may stand at the end
            while (at < text.Length && text[at] == ',')
                at++;
        } while (at < text.Length);
        return calls;
    }

    /// <summary>A name, and what stands in the parentheses behind it.</summary>
    public static SampleCall? Call(string text, ref int at, out string error)
    {
        error = "";
        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_' or '.' or '+'))
            at++;
        string name = text[start..at];
        if (at >= text.Length || text[at] != '(')
            return new SampleCall(name, null);
        at++;
        var arguments = new List<CallArgument>(2);
        if (ReadArguments(text, ref at, arguments))
            return new SampleCall(name, arguments);
        error = $"missing closing ')' behind '{name}('";
        return null;
    }

    private static bool ReadArguments(string text, ref int at, List<CallArgument> into)
    {
        var argument = new StringBuilder();
        char quote = '\0';
        bool quoted = false;
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (c == quote)
            {
                quote = '\0';
                continue;
            }
            if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                quoted = true;
                continue;
            }
            if (c == '\\' && quote != '\'' && at + 1 < text.Length && Escaped(text[at + 1]) is var meant and not '\0')
            {
                argument.Append(meant);
                at++;
                continue;
            }
            if (quote != '\0' || c is not (',' or ')'))
            {
                argument.Append(c);
                continue;
            }
            into.Add(new CallArgument(argument.ToString(), quoted));
            argument.Clear();
            quoted = false;
            if (c == ',')
                continue;
            at++;
            return true;
        }
        return false;
    }

    /// <summary>What a backslash makes of the character behind it; NUL where it stays a backslash.</summary>
    private static char Escaped(char next) =>
        next switch
        {
            '\\' or '"' or '\'' => next,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
}
