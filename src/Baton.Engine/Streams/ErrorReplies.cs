// Which bytes answer an error: the backend's errorfile, the frontend's, or the built-in page.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;

namespace Baton.Engine.Streams;

public static class ErrorReplies
{
    private static readonly Dictionary<int, byte[]> s_defaults = [];

    public static byte[] Find(int status, ProxyConfig? backend, ProxyConfig frontend)
    {
        if (backend is not null && backend.ErrorReplies.TryGetValue(status, out HttpReplyConfig? reply) && reply.Payload == HttpReplyPayload.RawFile) return reply.Body;
        if (frontend.ErrorReplies.TryGetValue(status, out reply) && reply.Payload == HttpReplyPayload.RawFile) return reply.Body;
        lock (s_defaults)
        {
            if (!s_defaults.TryGetValue(status, out byte[]? page)) s_defaults[status] = page = Build(status);
            return page;
        }
    }

    private static byte[] Build(int status)
    {
        string reason = status switch { 400 => "Bad request", 408 => "Request Time-out", 503 => "Service Unavailable", 502 => "Bad Gateway", 504 => "Gateway Time-out", _ => "Error" };
        string body = $"<html><body><h1>{status} {reason}</h1>\n</body></html>\n";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {reason}\r\ncontent-length: {body.Length}\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n{body}");
    }
}
