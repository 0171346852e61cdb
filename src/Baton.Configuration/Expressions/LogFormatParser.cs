// Log-format strings (manual 8.2.4): text, %aliases, %[samples], and flags in braces.
using System.Text;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

internal sealed class LogFormatParser(ExpressionCatalog catalog, DiagnosticSink diagnostics, ExpressionParser samples)
{
    private readonly StringBuilder _literal = new();
    private LogFormatFlags _flags;

    public LogFormatConfig? Parse(string text, SourcePosition at)
    {
        if (EndsInPercent(text, at))
            return null;
        var format = new LogFormatConfig { Text = text, Position = at };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                _literal.Append(text[i]);
                continue;
            }
            i++;
            if (text[i] == '%')
            {
                _literal.Append('%');
                continue;
            }
            LogFormatFlags flags = _flags;
            if (text[i] == '{')
            {
                int close = text.IndexOf('}', i);
                if (close < 0)
                {
                    diagnostics.Error(at, $"missing '}}' in log-format '{text}'.", text);
                    return null;
                }
                if (!Flags(text[(i + 1)..close], ref flags, at))
                    return null;
                i = close + 1;
                if (i >= text.Length)
                {
                    diagnostics.Error(at, $"log-format '{text}' ends behind its flags.", text);
                    return null;
                }
            }
            if (text[i] == '[')
            {
                int end = i + 1;
                if (samples.ParseSampleOfFormat(text, ref end, at) is not { } sample)
                    return null;
                if (end >= text.Length || text[end] != ']')
                {
                    diagnostics.Error(at, $"missing ']' behind '{text[i..end]}' in log-format '{text}'.", text);
                    return null;
                }
                Flush(format);
                format.Nodes.Add(new LogFormatNode { Sample = sample, Flags = flags });
                i = end;
                continue;
            }
            string name = AliasAt(text, i);
            if (name.Length == 0)
            {
                diagnostics.Error(at, KeywordVerdict.Of(KeywordFamily.LogFormatAlias, "log-format alias", Word(text, i)).Message, text);
                return null;
            }
            i += name.Length - 1;
            if (name == "o")
            {
                _flags = flags;
                continue;
            }
            Flush(format);
            format.Nodes.Add(new LogFormatNode { Alias = catalog.LogAliases[name], Flags = flags });
        }
        Flush(format);
        return format;
    }

    /// <summary>Behind an odd number of percent signs nothing is missing but what they stand before.</summary>
    private bool EndsInPercent(string text, SourcePosition at)
    {
        if ((text.Length - text.TrimEnd('%').Length) % 2 == 0)
            return false;
        diagnostics.Error(at, $"log-format '{text}' ends behind '%'; a percent sign is written '%%'.", text);
        return true;
    }

    private void Flush(LogFormatConfig format)
    {
        if (_literal.Length == 0)
            return;
        format.Nodes.Add(new LogFormatNode { Literal = _literal.ToString() });
        _literal.Clear();
    }

    private static string Word(string text, int at)
    {
        int end = at;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            end++;
        return text[at..end];
    }

    /// <summary>The alias that stands here: the whole run of letters.</summary>
    private string AliasAt(string text, int at)
    {
        string word = Word(text, at);
        return word == "o" || catalog.LogAliases.ContainsKey(word) ? word : "";
    }

    /// <summary>"+Q,-X": quotes, hexadecimal, escapes and a dash for nothing, on or off. What has no effect here is refused.</summary>
    private bool Flags(string text, ref LogFormatFlags flags, SourcePosition at)
    {
        foreach (string item in text.Split(','))
        {
            LogFormatFlags flag =
                item.Length != 2 || item[0] is not ('+' or '-')
                    ? LogFormatFlags.None
                    : item[1] switch
                    {
                        'Q' => LogFormatFlags.Quote,
                        'X' => LogFormatFlags.Hexadecimal,
                        'E' => LogFormatFlags.Escape,
                        'M' => LogFormatFlags.Mandatory,
                        _ => LogFormatFlags.None,
                    };
            if (flag == LogFormatFlags.None)
            {
                bool known = item is "+json" or "+cbor" or "+bin";
                diagnostics.Error(
                    at,
                    known
                        ? $"log-format flag '{item}' : known HAProxy keyword, not supported by Baton yet"
                        : $"unknown log-format flag '{item}'",
                    item
                );
                return false;
            }
            flags = item[0] == '-' ? flags & ~flag : flags | flag;
            if (flag != LogFormatFlags.Mandatory)
                continue;
            flags = item[0] == '-' ? flags | LogFormatFlags.Optional : flags & ~LogFormatFlags.Optional;
        }
        return true;
    }
}
