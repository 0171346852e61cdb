// Text cut, joined and compared (manual 7.3.1): case, parts between delimiters, trimming, concatenation.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;
using Baton.Http.Headers;

namespace Baton.Engine.Samples.Converters;

internal static class TextConverters
{
    private static ReadOnlySpan<byte> Bytes(Argument a) => (byte[]?)a.Value;

    internal static bool Map(Span<byte> scratch, ref SampleValue v, bool lower)
    {
        ReadOnlySpan<byte> text = v.Text;
        if (text.Length > scratch.Length)
            return false;
        // vectors as far as the text is ASCII, the rest a byte at a time
        int done;
        if (lower)
            Ascii.ToLower(text, scratch, out done);
        else
            Ascii.ToUpper(text, scratch, out done);
        for (int i = done; i < text.Length; i++)
            scratch[i] = lower ? ByteClass.ToLower(text[i]) : ByteClass.ToUpper(text[i]);
        v.SetText(scratch[..text.Length]);
        return true;
    }

    private static bool Cut(Argument[] a, ref SampleValue v)
    {
        long offset = a[0].Number,
            length = a[1].Absent ? long.MaxValue : a[1].Number;
        if (offset >= v.Text.Length)
        {
            v.SetBinary(default);
            return true;
        }
        ReadOnlySpan<byte> rest = v.Text[(int)offset..];
        v.SetBinary(rest[..(int)Math.Min(length, rest.Length)]);
        return true;
    }

    private static string? CheckCut(Argument[] a) =>
        a[0].Number < 0 ? "Invalid offset"
        : !a[1].Absent && a[1].Number < 0 ? "Invalid length"
        : null;

    private static string? CheckIndex(Argument[] a)
    {
        if (a[0].Number == 0)
            return "Unexpected value 0 for index";
        if (a[1].Text.Length == 0)
            return "Empty separators list";
        return !a[2].Absent && a[2].Number < 0 ? "Unexpected negative count" : null;
    }

    /// <summary>The n-th field counted from 1, from the end when negative; COMPAT: fields may be empty, and 0 as a count means all to the
    /// end. False when there are fewer.</summary>
    private static bool Field(Argument[] a, ref SampleValue v)
    {
        ReadOnlySpan<byte> text = v.Text,
            delimiters = Bytes(a[1]);
        long index = a[0].Number,
            count = a[2].Absent ? 1 : a[2].Number;
        if (index > 0)
        {
            int start = 0;
            for (long i = 1; i < index; i++)
            {
                int next = text[start..].IndexOfAny(delimiters);
                if (next < 0)
                    return false;
                start += next + 1;
            }
            int end = start;
            for (long i = 0; count == 0 || i < count; i++)
            {
                int next = text[end..].IndexOfAny(delimiters);
                if (next < 0)
                {
                    end = text.Length + 1;
                    break;
                }
                end += next + 1;
            }
            v.SetText(text[start..(end - 1)]);
            return true;
        }
        int stop = text.Length;
        for (long i = -1; i > index; i--)
        {
            int previous = text[..stop].LastIndexOfAny(delimiters);
            if (previous < 0)
                return false;
            stop = previous;
        }
        int begin = stop + 1;
        for (long i = 0; count == 0 || i < count; i++)
        {
            int previous = text[..(begin - 1)].LastIndexOfAny(delimiters);
            begin = previous + 1;
            if (previous < 0)
            {
                begin = 0;
                break;
            }
            if (i + 1 == count)
                break;
        }
        v.SetText(text[begin..stop]);
        return true;
    }

    /// <summary>As <see cref="Field"/>, but delimiters in a row are one, and those at the ends none. COMPAT: fewer words than are asked for
    /// go to the text's end.</summary>
    private static bool Word(Argument[] a, ref SampleValue v)
    {
        ReadOnlySpan<byte> text = v.Text,
            delimiters = Bytes(a[1]);
        long index = a[0].Number,
            count = a[2].Absent ? 1 : a[2].Number;
        int start,
            end;
        if (index > 0)
        {
            int at = -1;
            if (!SkipForward(text, delimiters, ref at, index, out start, out end))
            {
                v.SetText(default);
                return true;
            }
            if (count == 0)
                end = text.Length;
            else
                for (long i = 1; i < count; i++)
                    if (!SkipForward(text, delimiters, ref at, 1, out _, out end))
                    {
                        end = text.Length;
                        break;
                    }
        }
        else
        {
            int at = text.Length;
            if (!SkipBackward(text, delimiters, ref at, -index, out start, out end))
            {
                v.SetText(default);
                return true;
            }
            if (count == 0)
                start = 0;
            else
                for (long i = 1; i < count; i++)
                    if (!SkipBackward(text, delimiters, ref at, 1, out start, out _))
                    {
                        start = 0;
                        break;
                    }
        }
        v.SetText(text[start..end]);
        return true;
    }

    private static bool SkipForward(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> delimiters,
        ref int at,
        long words,
        out int start,
        out int end
    )
    {
        start = end = 0;
        if (at < 0)
            at = 0;
        for (; words > 0; words--)
        {
            while (at < text.Length && delimiters.Contains(text[at]))
                at++;
            if (at >= text.Length)
                return false;
            start = at;
            while (at < text.Length && !delimiters.Contains(text[at]))
                at++;
            end = at;
        }
        return true;
    }

    private static bool SkipBackward(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> delimiters,
        ref int at,
        long words,
        out int start,
        out int end
    )
    {
        start = end = 0;
        for (; words > 0; words--)
        {
            while (at > 0 && delimiters.Contains(text[at - 1]))
                at--;
            if (at <= 0)
                return false;
            end = at;
            while (at > 0 && !delimiters.Contains(text[at - 1]))
                at--;
            start = at;
        }
        return true;
    }

    private static bool Trim(Argument[] a, ref SampleValue v, bool left)
    {
        v.SetText(left ? v.Text.TrimStart(Bytes(a[0])) : v.Text.TrimEnd(Bytes(a[0])));
        return true;
    }

    private static bool Append(ReadOnlySpan<byte> text, Span<byte> into, ref int at)
    {
        if (!text.TryCopyTo(into[at..]))
            return false;
        at += text.Length;
        return true;
    }

    private static bool Concatenate(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        int at = 0;
        if (!Append(v.Text, m, ref at) || !Append(Bytes(a[0]), m, ref at))
            return false;
        if (!a[1].Absent)
        {
            SampleValue held = default;
            // a process variable is written where it is wanted already; the copy onto itself does no harm
            if (VariableAccess.TryGet(s, (VariableName)a[1].Value!, m[at..], ref held))
            {
                Span<byte> number = stackalloc byte[48];
                if (!Append(held.AsText(number), m, ref at))
                    return false;
            }
        }
        if (!Append(Bytes(a[2]), m, ref at))
            return false;
        v.SetText(m[..at]);
        return true;
    }

    /// <summary>As <see cref="Concatenate"/>, but nothing is appended for nothing, and the delimiter has something on both sides.</summary>
    private static bool AddItem(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        SampleValue held = default;
        Span<byte> own = m[(m.Length / 2)..],
            number = stackalloc byte[48];
        ReadOnlySpan<byte> item =
            !a[1].Absent && VariableAccess.TryGet(s, (VariableName)a[1].Value!, own, ref held) ? held.AsText(number) : default;
        if (item.IsEmpty && Bytes(a[2]).IsEmpty)
            return true;
        int at = 0;
        if (
            !Append(v.Text, m, ref at)
            || !v.Text.IsEmpty && !Append(Bytes(a[0]), m, ref at)
            || !Append(item, m, ref at)
            || !Append(Bytes(a[2]), m, ref at)
        )
            return false;
        v.SetText(m[..at]);
        return true;
    }

    /// <summary>COMPAT: the difference of the first bytes that differ, else of the lengths.</summary>
    private static bool Compare(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        SampleValue held = default;
        if (!VariableAccess.TryGet(s, (VariableName)a[0].Value!, m, ref held) || !SampleCast.To(SampleType.String, m, ref held))
            return false;
        int same = v.Text.CommonPrefixLength(held.Text);
        // COMPAT: the difference of the first bytes that differ, else which text is longer
        v.SetNumber(
            same < v.Text.Length && same < held.Text.Length ? v.Text[same] - held.Text[same] : v.Text.Length.CompareTo(held.Text.Length)
        );
        return true;
    }

    private static bool CompareSecurely(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        SampleValue held = default;
        if (!VariableAccess.TryGet(s, (VariableName)a[0].Value!, m, ref held) || !SampleCast.To(SampleType.Binary, m, ref held))
            return false;
        v.SetBool(System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(v.Text, held.Text));
        return true;
    }

    private static bool Reverse(Span<byte> m, ref SampleValue v)
    {
        if (!v.Text.TryCopyTo(m))
            return false;
        Span<byte> text = m[..v.Text.Length];
        text.Reverse();
        v.SetText(text);
        return true;
    }

    /// <summary>"a.b.c" becomes "c.b.a": whole labels change places.</summary>
    private static bool ReverseLabels(Span<byte> m, ref SampleValue v)
    {
        if (!Reverse(m, ref v))
            return false;
        Span<byte> rest = m[..v.Text.Length];
        while (!rest.IsEmpty)
        {
            int dot = rest.IndexOf((byte)'.');
            (dot < 0 ? rest : rest[..dot]).Reverse();
            rest = dot < 0 ? default : rest[(dot + 1)..];
        }
        return true;
    }

    private static bool CutLine(ref SampleValue v)
    {
        int end = v.Text.IndexOfAny((byte)'\r', (byte)'\n');
        if (end >= 0)
            v.SetText(v.Text[..end]);
        return true;
    }

    private static readonly ArgumentSpec[] Part =
        [new(ArgumentKind.Integer, "index"), new(ArgumentKind.String, "delimiters"), new(ArgumentKind.Integer, "count", true)],
        Range = [new(ArgumentKind.Integer, "offset"), new(ArgumentKind.Integer, "length", true)],
        Characters = [new(ArgumentKind.String, "characters")],
        Variable = [new(ArgumentKind.Variable, "variable")],
        Joined =
        [new(ArgumentKind.String, "start", true), new(ArgumentKind.Variable, "variable", true), new(ArgumentKind.String, "end", true)],
        TwoTexts = [new(ArgumentKind.String, "true"), new(ArgumentKind.String, "false")];

    private static SampleConverter Row(
        string name,
        string summary,
        ConvertFunction f,
        ArgumentSpec[]? arguments = null,
        Func<Argument[], string?>? check = null
    ) =>
        new()
        {
            Name = name,
            Input = SampleType.String,
            Output = SampleType.String,
            Summary = summary,
            Convert = f,
            Arguments = arguments ?? [],
            Check = check,
        };

    private static SampleConverter RowOn(
        string name,
        SampleType input,
        SampleType output,
        string summary,
        StreamConvertFunction f,
        ArgumentSpec[] arguments,
        Func<Argument[], string?>? check = null
    ) =>
        new()
        {
            Name = name,
            Input = input,
            Output = output,
            Summary = summary,
            Convert = (a, m, ref v) => false,
            ConvertOn = f,
            Arguments = arguments,
            Check = check,
        };

    internal static readonly SampleConverter[] Rows =
    [
        Row("lower", "in lower case", (a, m, ref v) => Map(m, ref v, true)),
        Row("upper", "in upper case", (a, m, ref v) => Map(m, ref v, false)),
        Row("field", "a field between delimiters", (a, m, ref v) => Field(a, ref v), Part, CheckIndex),
        Row("word", "a word between runs of delimiters", (a, m, ref v) => Word(a, ref v), Part, CheckIndex),
        Row("ltrim", "without certain characters at the beginning", (a, m, ref v) => Trim(a, ref v, true), Characters),
        Row("rtrim", "without certain characters at the end", (a, m, ref v) => Trim(a, ref v, false), Characters),
        Row("reverse", "backwards", (a, m, ref v) => Reverse(m, ref v)),
        Row("reverse_dom", "labels of a host name backwards", (a, m, ref v) => ReverseLabels(m, ref v)),
        Row("cut_crlf", "up to the first line end", (a, m, ref v) => CutLine(ref v)),
        new()
        {
            Name = "length",
            Input = SampleType.String,
            Output = SampleType.Integer,
            Summary = "number of bytes",
            Convert = (a, m, ref v) =>
            {
                v.SetNumber(v.Text.Length);
                return true;
            },
        },
        new()
        {
            Name = "bytes",
            Input = SampleType.Binary,
            Output = SampleType.Binary,
            Summary = "some of the bytes",
            Convert = (a, m, ref v) => Cut(a, ref v),
            Arguments = Range,
            Check = CheckCut,
        },
        new()
        {
            Name = "iif",
            Input = SampleType.Bool,
            Output = SampleType.String,
            Summary = "one of two texts",
            Convert = (a, m, ref v) =>
            {
                v.SetText(Bytes(v.Number != 0 ? a[0] : a[1]));
                return true;
            },
            Arguments = TwoTexts,
        },
        RowOn("concat", SampleType.String, SampleType.String, "with text and a variable appended", Concatenate, Joined),
        RowOn("add_item", SampleType.String, SampleType.String, "with a delimiter and an item appended", AddItem, Joined, a =>
            a[1].Absent && (a[2].Absent || a[2].Text.Length == 0) ? "one of the optional arguments has to be nonempty" : null
        ),
        RowOn("strcmp", SampleType.String, SampleType.Integer, "comparison with a variable", Compare, Variable),
        RowOn(
            "secure_memcmp",
            SampleType.Binary,
            SampleType.Bool,
            "equal to a variable, found out in constant time",
            CompareSecurely,
            Variable
        ),
    ];
}
