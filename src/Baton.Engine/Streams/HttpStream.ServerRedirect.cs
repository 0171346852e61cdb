// "server ... redir PREFIX": GET and HEAD are sent to the chosen server by a redirect instead of being forwarded.
// SAFETY: the span lies between Start and Ready of the request's block, which stays until the reply has been copied.
using System;
using System.Text;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>Answers with the redirect when the assigned server asks for it. False when the request is to be forwarded.</summary>
    private bool RedirectToServer()
    {
        if (Server!.Config.Redir is not { } prefix || Method is not (HttpMethod.Get or HttpMethod.Head))
            return false;
        // the head has been written already: the target is the second word of what waits to be sent
        var text = new ReadOnlySpan<byte>(Request.Data + Request.Start, Request.Ready - Request.Start);
        text = text[(text.IndexOf((byte)' ') + 1)..];
        text = text[..Math.Max(0, text.IndexOfAny((byte)' ', (byte)'\r', (byte)'\n'))];
        if (text.IndexOf("://"u8) is > 0 and var scheme)
        {
            int slash = text[(scheme + 3)..].IndexOf((byte)'/');
            text = slash < 0 ? "/"u8 : text[(scheme + 3 + slash)..];
        }
        Span<byte> message = Worker.Scratch.TextSpan;
        int at = Append(message, 0, "HTTP/1.1 302 Found\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: "u8);
        if (at + prefix.Length * 3 + text.Length + 4 > message.Length)
            return false;
        at += Encoding.UTF8.GetBytes(prefix, message[at..]);
        at = Append(message, at, text);
        at = Append(message, at, "\r\n\r\n"u8);
        _clientKeepAlive = false;
        Terminate(TerminationCause.Local, TerminationPhase.Connect);
        Reply(message[..at]);
        return true;
    }
}
