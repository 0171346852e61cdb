// One mail of "email-alert", as it is handed to a mail server. COMPAT: subject, header fields and text are those of haproxy 2.6, which
// people's filters look for.
using System;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Engine.Mails;

/// <param name="Number">Of its queue, upwards.</param>
/// <param name="Content">Header and text, with the line that ends them.</param>
internal sealed record AlertMail(long Number, string From, string To, byte[] Content)
{
    /// <summary>A notice ends with a full stop, a subject does not.</summary>
    public static AlertMail Of(long number, string from, string to, string notice)
    {
        string text = OneLine(notice.EndsWith('.') ? notice[..^1] : notice);
        string content = $"From: {from}\r\nTo: {to}\r\nDate: {Now()}\r\nSubject: [HAProxy Alert] {text}\r\n\r\n{text}\r\n\r\n.\r\n";
        return new AlertMail(number, from, to, Encoding.UTF8.GetBytes(content));
    }

    /// <summary>What a server has said may be in it: it does not end a line, nor the mail.</summary>
    private static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.StartsWith('.'))
            return text;
        var line = new StringBuilder(text.Length);
        foreach (char c in text.TrimStart('.'))
            line.Append(c < ' ' ? ' ' : c);
        return line.ToString();
    }

    private static string Now()
    {
        Span<byte> text = stackalloc byte[128];
        long seconds = Clocks.Nanoseconds(Clocks.REALTIME) / 1_000_000_000;
        int length = CalendarTime.Format(seconds, local: true, "%a, %d %b %Y %T %z (%Z)\0"u8, text);
        return Encoding.ASCII.GetString(text[..length]);
    }
}
