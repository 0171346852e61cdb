// A log-format string made ready: literals as bytes, aliases and samples as they are.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Core.Text;
using Baton.Engine.Logs.Format;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs;

public sealed class FormattedText : ILogFormat
{
    private readonly List<(byte[]? Literal, LogFormatNode Node, LogFormatFlags Flags)> _pieces = [];

    /// <summary>Control characters of samples become %XX; a zero byte too, unless it is kept.</summary>
    private readonly bool _encodes,
        _keepsZero,
        _keepsTab;

    /// <summary>
    /// COMPAT: spaces of the text are separators: never two in a row, none at the start. A piece without content stands between those
    /// around it all the same; only a list of captures that has nothing to show takes one of them along.
    /// </summary>
    private readonly bool _mergesSpaces;

    public FormattedText(LogFormatConfig config, FormatUse use = FormatUse.Message)
    {
        _encodes = use is FormatUse.Message or FormatUse.Body or FormatUse.Target or FormatUse.UniqueId;
        _keepsTab = use != FormatUse.Target;
        _keepsZero = use == FormatUse.Body;
        _mergesSpaces = use is FormatUse.LogLine or FormatUse.UniqueId;
        foreach (LogFormatNode node in config.Nodes)
            _pieces.Add(
                (
                    node.Literal is null ? null : ByteText.GetBytes(_mergesSpaces ? Merged(node.Literal) : node.Literal),
                    node,
                    FlagsOf(node, use)
                )
            );
    }

    /// <summary>The flags that count for a piece.</summary>
    private static LogFormatFlags FlagsOf(LogFormatNode node, FormatUse use)
    {
        LogFormatFlags flags = node.Flags;
        if (use == FormatUse.LogLine && (flags & LogFormatFlags.Optional) == 0)
            flags |= LogFormatFlags.Mandatory;
        bool marksSamples = use is FormatUse.LogLine or FormatUse.Variable;
        return node.Alias is null && !marksSamples ? flags & ~(LogFormatFlags.Quote | LogFormatFlags.Mandatory) : flags;
    }

    private static string Merged(string text)
    {
        var merged = new StringBuilder();
        foreach (char c in text)
            if (c != ' ' || merged.Length == 0 || merged[^1] != ' ')
                merged.Append(c);
        return merged.ToString();
    }

    /// <summary>Room every alias is given beside the longest, a request line each byte of which is written as three.</summary>
    private const int OtherAliases = 1024;

    /// <summary>Writes what fits; returns the bytes written.</summary>
    [SkipLocalsInit]
    public int Write(ProxyStream stream, Span<byte> into)
    {
        int at = 0;
        bool afterSpace = _mergesSpaces;
        // an alias is written here first, where it always fits: a client chooses where a log line is cut
        Span<byte> piece = stackalloc byte[3 * stream.Worker.RequestLines.BlockSize + OtherAliases];
        foreach ((byte[]? literal, LogFormatNode node, LogFormatFlags flags) in _pieces)
        {
            if (literal is not null)
            {
                ReadOnlySpan<byte> text = afterSpace && literal[0] == ' ' ? literal.AsSpan(1) : literal;
                int n = Math.Min(text.Length, into.Length - at);
                text[..n].CopyTo(into[at..]);
                at += n;
                if (!text.IsEmpty)
                    afterSpace = _mergesSpaces && text[^1] == ' ';
                continue;
            }
            bool quote = node.Alias is LogAlias alias ? alias.IsQuoted(flags) : (flags & LogFormatFlags.Quote) != 0;
            if (quote && at < into.Length)
                into[at++] = (byte)'"';
            int before = at;
            if (node.Alias is null)
            {
                at += Sample(node.Sample!, stream, into[at..]);
                if ((flags & LogFormatFlags.Mandatory) != 0 && !quote && at == before && at < into.Length)
                    into[at++] = (byte)'-';
            }
            else
            {
                int length = Math.Min(((LogAlias)node.Alias).Write(stream, piece, flags), into.Length - at);
                piece[..length].CopyTo(into[at..]);
                at += length;
            }
            if ((flags & LogFormatFlags.Escape) != 0)
                at = before + Escape(into[before..], at - before);
            if (at > before || quote || node.Alias is not LogAlias { QuotesItself: true })
                afterSpace = false;
            if (quote && at < into.Length)
                into[at++] = (byte)'"';
        }
        return at;
    }

    /// <summary>%{+E}: a backslash before quotes, backslashes and closing brackets (RFC 5424 §6.3.3). The length after it; what no longer
    /// fits is cut.</summary>
    private static int Escape(Span<byte> text, int length)
    {
        ReadOnlySpan<byte> special = "\"\\]"u8;
        int after = length;
        for (int i = 0; i < length; i++)
            if (special.Contains(text[i]))
                after++;
        while (after > text.Length)
            if (special.Contains(text[--length]))
                after -= 2;
            else
                after--;
        for (int from = length - 1, to = after - 1; from < to; from--)
        {
            text[to--] = text[from];
            if (special.Contains(text[from]))
                text[to--] = (byte)'\\';
        }
        return after;
    }

    private int Sample(SampleExpressionConfig sample, ProxyStream stream, Span<byte> into)
    {
        SampleValue value = default;
        Span<byte> scratch = stream.Worker.Scratch.SampleSpan;
        if (!sample.Evaluate(stream, -1, scratch, ref value))
            return 0;
        Span<byte> number = stackalloc byte[48];
        ReadOnlySpan<byte> text = value.AsText(number);
        return _encodes ? CopyEncoded(text, into) : Copy(text, into);
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int n = Math.Min(text.Length, into.Length);
        text[..n].CopyTo(into);
        return n;
    }

    /// <summary>
    /// COMPAT: in what HTTP rules write, the control characters of samples become %XX, so that none ends a header; a tab may stand there.
    /// HAProxy 2.6 ends a sample at its first zero byte, which here is one byte as any other.
    /// </summary>
    private int CopyEncoded(ReadOnlySpan<byte> text, Span<byte> into)
    {
        const string Digits = "0123456789ABCDEF";
        int at = 0;
        foreach (byte b in text)
        {
            bool isPlain = b is >= 0x20 and not 0x7F || b == (byte)'\t' && _keepsTab || b == 0 && _keepsZero;
            if (at + (isPlain ? 1 : 3) > into.Length)
                break;
            if (isPlain)
            {
                into[at++] = b;
                continue;
            }
            into[at++] = (byte)'%';
            into[at++] = (byte)Digits[b >> 4];
            into[at++] = (byte)Digits[b & 15];
        }
        return at;
    }
}
