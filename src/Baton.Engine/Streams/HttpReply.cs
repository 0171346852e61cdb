// An answer made ready: bytes when nothing in it depends on the request, else its parts. Owned by a proxy (errorfile,
// http-error and their like) or by a rule (return, deny, tarpit).
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Logs;
using Baton.Engine.Rules;
using Baton.Http;

namespace Baton.Engine.Streams;

public sealed class HttpReply
{
    /// <summary>The whole response when it is always the same.</summary>
    private readonly byte[]? _message;
    private readonly byte[] _body = [];
    private readonly FormattedText? _format;
    private readonly string? _contentType;
    private readonly List<(byte[] Name, FormattedText Value)> _headers = [];

    private HttpReply(int status, byte[] message)
    {
        Status = status;
        _message = message;
    }

    public HttpReply(HttpReplyConfig config)
    {
        Status = config.Status;
        if (config.Payload == HttpReplyPayload.RawFile)
        {
            _message = config.Body;
            return;
        }
        _body = config.Body;
        _contentType = config.ContentType;
        if (config.BodyFormat is { } format)
            _format = new FormattedText(format, FormatUse.Body);
        foreach ((string name, Configuration.Expressions.LogFormatConfig value) in config.Headers)
            _headers.Add((Encoding.ASCII.GetBytes(name), new FormattedText(value)));
        if (_format is not null || _headers.Count > 0)
            return;
        var bytes = new byte[_body.Length + 512 + (_contentType?.Length ?? 0) * 3];
        var writer = new ReplyWriter(bytes);
        WriteHead(ref writer, _body.Length, null);
        _message = writer.Finish(_body).ToArray();
    }

    /// <summary>Makes the built-in pages: when memory has run out, and they are needed first, they could not be made.</summary>
    public static void MakeReady() => Default(500);

    /// <summary>The built-in page of a status; that of 500 for a status that has none.</summary>
    public static HttpReply Default(int status) => Find(s_defaults, status);

    /// <summary>The same for a request that was never understood.</summary>
    public static HttpReply Early(int status) => Find(s_early, status);

    private static readonly HttpReply[] s_defaults = Create(early: false),
        s_early = Create(early: true);

    private static HttpReply Find(HttpReply[] replies, int status)
    {
        foreach (HttpReply reply in replies)
            if (reply.Status == status)
                return reply;
        return Find(replies, 500);
    }

    private static HttpReply[] Create(bool early)
    {
        var replies = new List<HttpReply>();
        foreach (int status in ErrorPages.Statuses)
        {
            byte[] page = ErrorPages.Response(status).ToArray();
            // COMPAT: these two carry their own "Connection: close", wherever they are sent; in the old spelling where there was no request
            if (early)
                page = ErrorPages.EarlyResponse(status).ToArray();
            else if (status is 400 or 408)
                page = Closing(page);
            replies.Add(new HttpReply(status, page));
        }
        return replies.ToArray();
    }

    private static byte[] Closing(byte[] page)
    {
        int end = page.AsSpan().IndexOf("\r\n\r\n"u8) + 2;
        return [.. page.AsSpan(0, end), .. "connection: close\r\n"u8, .. page.AsSpan(end)];
    }

    /// <summary>What the log says, whatever an error file says to the client.</summary>
    public int Status { get; }

    /// <summary>An empty error file: the connection is closed without an answer.</summary>
    public bool IsSilent => _message is { Length: 0 };

    /// <summary>The response for this stream, valid until the next use of its worker's scratch memory; empty when it does not fit
    /// there.</summary>
    public ReadOnlySpan<byte> Write(HttpStream stream)
    {
        if (_message is not null)
            return _message;
        Span<byte> bodyArea = stream.Worker.Scratch.OutputSpan;
        ReadOnlySpan<byte> body = _format is null ? _body : bodyArea[.._format.Write(stream, bodyArea)];
        var writer = new ReplyWriter(stream.Worker.Scratch.HeadSpan);
        WriteHead(ref writer, body.Length, stream);
        ReadOnlySpan<byte> message = writer.Finish(body);
        return writer.IsFull ? default : message;
    }

    private void WriteHead(ref ReplyWriter writer, int length, HttpStream? stream)
    {
        writer.Status(Status);
        foreach ((byte[] name, FormattedText value) in _headers)
            writer.Header(name, value, stream!);
        writer.Header("content-length"u8, length);
        if (_contentType is not null && length > 0)
            writer.Header("content-type"u8, _contentType);
    }
}
