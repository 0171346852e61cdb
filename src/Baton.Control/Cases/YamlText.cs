// The part of YAML in which cases are written: block sequences and mappings, plain and quoted scalars, flow sequences of scalars,
// comments. Everything else (anchors, tags, block scalars, flow mappings, several documents) is refused by its line, so that no file means
// something else here than it does to another reader.
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Control.Cases;

public sealed class YamlText
{
    private record struct Line(int Number, int Indent, string Text);

    /// <summary>Sequences and mappings inside each other.</summary>
    private const int Deepest = 16;

    private readonly List<Line> _lines = [];
    private int _at;

    /// <summary>The root, null for an empty file. <see cref="FormatException"/> with the line for what cannot be read.</summary>
    public static YamlNode? Parse(string text)
    {
        var reader = new YamlText();
        reader.Split(text);
        if (reader._lines.Count == 0)
            return null;
        YamlNode root = reader.Block(reader._lines[0].Indent, 0);
        return reader._at == reader._lines.Count ? root : throw reader.Fault("this does not belong to anything: look at the indentation");
    }

    private FormatException Fault(string why, int? line = null) => new($"{line ?? _lines[Math.Min(_at, _lines.Count - 1)].Number}: {why}");

    private void Split(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = WithoutComment(lines[i].TrimEnd('\r')).TrimEnd(' ');
            string content = line.TrimStart(' ');
            if (content.Length == 0 || content == "---" && _lines.Count == 0)
                continue;
            if (content[0] == '\t')
                throw Fault("a tab cannot indent", i + 1);
            if (content is "---" or "..." || content[0] is '%' or '{' or '&' or '*' or '!' or '|' or '>' or '@' or '`')
                throw Fault($"'{content[..Math.Min(content.Length, 20)]}': this part of YAML is not read here", i + 1);
            _lines.Add(new Line(i + 1, line.Length - content.Length, content));
        }
    }

    /// <summary>'#' begins a comment at the start and behind a blank, outside of quotes.</summary>
    private static string WithoutComment(string line)
    {
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote == '"')
                    i++;
                else if (c == '\'' && quote == c && i + 1 < line.Length && line[i + 1] == c)
                    i++;
                else if (c == quote)
                    quote = '\0';
            }
            else if (c is '"' or '\'' && (i == 0 || line[i - 1] is ' ' or '[' or ','))
                quote = c;
            else if (c == '#' && (i == 0 || line[i - 1] is ' ' or '\t'))
                return line[..i];
        }
        return line;
    }

    private YamlNode Block(int indent, int depth)
    {
        if (depth > Deepest)
            throw Fault("too deep");
        Line first = _lines[_at];
        return IsItem(first.Text) ? Sequence(indent, depth)
            : KeyEnd(first.Text) >= 0 ? Mapping(indent, depth)
            : TakeScalar();
    }

    private YamlNode TakeScalar()
    {
        Line line = _lines[_at++];
        return Value(line.Text, line.Number);
    }

    private static bool IsItem(string text) => text == "-" || text.StartsWith("- ", StringComparison.Ordinal);

    private YamlNode Sequence(int indent, int depth)
    {
        var items = new List<YamlNode>();
        int number = _lines[_at].Number;
        while (_at < _lines.Count && _lines[_at].Indent == indent && IsItem(_lines[_at].Text))
        {
            Line line = _lines[_at];
            string rest = line.Text[1..].TrimStart(' ');
            if (rest.Length == 0)
            {
                _at++;
                items.Add(Nested(indent, line.Number, depth));
                continue;
            }
            // what stands behind the dash is a block of its own, indented as far as it stands
            int inner = indent + line.Text.Length - rest.Length;
            _lines[_at] = new Line(line.Number, inner, rest);
            items.Add(Block(inner, depth + 1));
        }
        return new YamlNode(number) { Items = items };
    }

    private YamlNode Mapping(int indent, int depth)
    {
        var entries = new List<KeyValuePair<string, YamlNode>>();
        int number = _lines[_at].Number;
        while (_at < _lines.Count && _lines[_at].Indent == indent && !IsItem(_lines[_at].Text))
        {
            Line line = _lines[_at];
            int end = KeyEnd(line.Text);
            if (end < 0)
                throw Fault("a name and a colon are expected");
            string key = line.Text[..end].Trim(),
                rest = line.Text[(end + 1)..].Trim();
            if (entries.Exists(e => e.Key == key))
                throw Fault($"'{key}' is there twice");
            _at++;
            YamlNode value =
                rest.Length > 0 ? Value(rest, line.Number)
                // a sequence may stand under its name without being indented
                : _at < _lines.Count && _lines[_at].Indent == indent && IsItem(_lines[_at].Text) ? Sequence(indent, depth + 1)
                : Nested(indent, line.Number, depth);
            entries.Add(new(key, value));
        }
        return new YamlNode(number) { Entries = entries };
    }

    /// <summary>What is indented further than its name; nothing otherwise.</summary>
    private YamlNode Nested(int indent, int number, int depth) =>
        _at < _lines.Count && _lines[_at].Indent > indent ? Block(_lines[_at].Indent, depth + 1) : new YamlNode(number) { Scalar = "" };

    /// <summary>Where the colon behind a plain name is; below 0 without one.</summary>
    private static int KeyEnd(string text)
    {
        if (text[0] is '"' or '\'' or '[')
            return -1;
        int at = text.IndexOf(": ", StringComparison.Ordinal);
        return at >= 0 ? at
            : text.EndsWith(':') ? text.Length - 1
            : -1;
    }

    private YamlNode Value(string text, int number)
    {
        if (text[0] == '[')
            return Flow(text, number);
        if (text[0] is '{' or '&' or '*' or '!' or '|' or '>' or '%' or '@' or '`')
            throw Fault($"'{text[..Math.Min(text.Length, 20)]}': this part of YAML is not read here", number);
        int end = 0;
        string scalar = Scalar(text, ref end, false, number);
        return end == text.Length ? new YamlNode(number) { Scalar = scalar } : throw Fault("something stands behind the quotes", number);
    }

    private YamlNode Flow(string text, int number)
    {
        var items = new List<YamlNode>();
        int at = 1;
        while (true)
        {
            while (at < text.Length && text[at] == ' ')
                at++;
            if (at < text.Length && text[at] == ']')
                break;
            items.Add(new YamlNode(number) { Scalar = at < text.Length ? Scalar(text, ref at, true, number) : "" });
            while (at < text.Length && text[at] == ' ')
                at++;
            if (at >= text.Length || text[at] is not (',' or ']'))
                throw Fault("the list in brackets does not end on its line", number);
            if (text[at] == ',')
                at++;
        }
        return at == text.Length - 1 ? new YamlNode(number) { Items = items } : throw Fault("something stands behind the list", number);
    }

    private string Scalar(string text, ref int at, bool inFlow, int number)
    {
        char quote = text[at];
        if (quote is not ('"' or '\''))
        {
            int begin = at;
            while (at < text.Length && !(inFlow && text[at] is ',' or ']'))
                at++;
            return text[begin..at].Trim();
        }
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            char c = text[at];
            if (c == quote && quote == '\'' && at + 1 < text.Length && text[at + 1] == '\'')
                value.Append(text[++at]);
            else if (c == quote)
            {
                at++;
                return value.ToString();
            }
            else if (c == '\\' && quote == '"' && at + 1 < text.Length)
                value.Append(Escaped(text[++at], number));
            else
                value.Append(c);
        }
        throw Fault("the quotes do not end on their line", number);
    }

    private char Escaped(char c, int number) =>
        c switch
        {
            '"' or '\\' or '/' => c,
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            _ => throw Fault($"'\\{c}' is not read here", number),
        };
}
