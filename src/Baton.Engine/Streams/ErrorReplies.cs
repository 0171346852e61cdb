// What a proxy answers by itself, by status: its errorfile, errorloc, errorfiles and http-error lines.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Streams;

/// <summary>The configured answers of one proxy.</summary>
public sealed class ErrorReplies
{
    private readonly Dictionary<int, HttpReply> _replies = [];

    /// <summary>Null when the proxy has none.</summary>
    public static ErrorReplies? Create(ProxyConfig proxy)
    {
        if (proxy.ErrorReplies.Count == 0)
            return null;
        var replies = new ErrorReplies();
        foreach ((int status, HttpReplyConfig reply) in proxy.ErrorReplies)
            replies._replies[status] = new HttpReply(reply);
        return replies;
    }

    public HttpReply? Find(int status) => _replies.GetValueOrDefault(status);
}
