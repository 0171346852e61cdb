// Writes a response into scratch memory.
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Logs;
using Baton.Engine.Streams;
using Baton.Http;

namespace Baton.Engine.Rules;

internal ref struct ReplyWriter(Span<byte> into)
{
    private readonly Span<byte> _into = into;
    private int _at;

    private void Put(ReadOnlySpan<byte> text)
    {
        int n = Math.Min(text.Length, _into.Length - _at);
        text[..n].CopyTo(_into[_at..]);
        _at += n;
    }

    private void Put(string text) => _at += Encoding.UTF8.TryGetBytes(text, _into[_at..], out int n) ? n : 0;

    public void Status(int status)
    {
        Put("HTTP/1.1 "u8);
        status.TryFormat(_into[_at..], out int n, default, CultureInfo.InvariantCulture);
        _at += n;
        Put(" "u8);
        Put(StatusReason.Of(status));
        Put("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) { Put(name); Put(": "u8); Put(value); Put("\r\n"u8); }
    public void Header(ReadOnlySpan<byte> name, string value) { Put(name); Put(": "u8); Put(value); Put("\r\n"u8); }

    public void Header(ReadOnlySpan<byte> name, int value)
    {
        Put(name);
        Put(": "u8);
        value.TryFormat(_into[_at..], out int n, default, CultureInfo.InvariantCulture);
        _at += n;
        Put("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, FormattedText value, HttpStream stream)
    {
        Put(name);
        Put(": "u8);
        _at += value.Write(stream, _into[_at..]);
        Put("\r\n"u8);
    }

    public ReadOnlySpan<byte> Finish(ReadOnlySpan<byte> body)
    {
        Put("\r\n"u8);
        Put(body);
        return _into[.._at];
    }
}
