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

    /// <summary>Something did not fit.</summary>
    public bool IsFull { get; private set; }

    private void Put(ReadOnlySpan<byte> text)
    {
        int n = Math.Min(text.Length, _into.Length - _at);
        if (n < text.Length)
            IsFull = true;
        text[..n].CopyTo(_into[_at..]);
        _at += n;
    }

    private void Put(string text)
    {
        if (!Encoding.UTF8.TryGetBytes(text, _into[_at..], out int n))
            IsFull = true;
        _at += n;
    }

    public void Status(int status) => Status(status, StatusReason.Of(status));

    public void Status(int status, ReadOnlySpan<byte> reason)
    {
        Put("HTTP/1.1 "u8);
        status.TryFormat(_into[_at..], out int n, default, CultureInfo.InvariantCulture);
        _at += n;
        Put(" "u8);
        Put(reason);
        Put("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Put(name);
        Put(": "u8);
        Put(value);
        Put("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, string value)
    {
        Put(name);
        Put(": "u8);
        Put(value);
        Put("\r\n"u8);
    }

    public void Header(ReadOnlySpan<byte> name, int value)
    {
        Put(name);
        Put(": "u8);
        value.TryFormat(_into[_at..], out int n, default, CultureInfo.InvariantCulture);
        _at += n;
        Put("\r\n"u8);
    }

    /// <summary>COMPAT: a header without a value is left out.</summary>
    public void Header(ReadOnlySpan<byte> name, FormattedText value, HttpStream stream)
    {
        int start = _at;
        Put(name);
        Put(": "u8);
        int length = value.Write(stream, _into[_at..]);
        if (length == 0)
        {
            _at = start;
            return;
        }
        _at += length;
        Put("\r\n"u8);
    }

    public readonly ReadOnlySpan<byte> Written => _into[.._at];

    public ReadOnlySpan<byte> Finish(ReadOnlySpan<byte> body)
    {
        Put("\r\n"u8);
        Put(body);
        return _into[.._at];
    }
}
