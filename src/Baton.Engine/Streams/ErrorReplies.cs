// Which bytes answer an error: the backend's errorfile, the frontend's, or the built-in page.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Http;

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
            if (!s_defaults.TryGetValue(status, out byte[]? page)) s_defaults[status] = page = Default(status).ToArray();
            return page;
        }
    }

    /// <summary>COMPAT: the pages of a request that could not be read carry their own "Connection: close".</summary>
    private static ReadOnlyMemory<byte> Default(int status) => status is 400 or 408 ? ErrorPages.EarlyResponse(status) : ErrorPages.Response(status);
}
