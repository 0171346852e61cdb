// Whether the connections go on when the exchange is over, and how that is said: hop-by-hop fields out (RFC 9110 §7.6.1), ours in.
using System;
using Baton.Configuration.Model;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class KeepAlive(HttpStream stream)
{
    /// <summary>As far as is known yet.</summary>
    public bool Client { get; set; }
    public bool Server { get; set; }

    public void Reset() => Client = Server = false;

    public bool NeedsEdit(MessageHead head, HttpConnectionMode mode) =>
        head.HasConnectionHeader
        || head.HasHopByHopHeader
        || head.HasUpgradeHeader
        || mode != HttpConnectionMode.KeepAlive
        || head.MinorVersion == 0
        || stream.Forwarded.IsEarly
        || stream.Frontend.UniqueIdFormat is not null
        || stream.Frontend.Config.ForwardFor is not null
        || stream.Backend!.Config.ForwardFor is not null
        || stream.Frontend.Config.OriginalTo is not null
        || stream.Backend.Config.OriginalTo is not null
        || stream.Backend.Config.Forwarded is not null;

    /// <summary>Hop-by-hop headers out (RFC 9110 §7.6.1), ours in.</summary>
    public bool EditRequest(MessageHead head, HttpConnectionMode mode)
    {
        stream.Heads.BeginEdit(head);
        HopByHopOptions options = HopByHop.Remove(
            head,
            keepsUpgrade: stream.RequestSide.WantsUpgrade && stream.Method != HttpMethod.Connect
        );
        if ((options & HopByHopOptions.Close) != 0)
            Server = false;
        bool announce =
            (options & HopByHopOptions.Close) != 0
            || mode != HttpConnectionMode.KeepAlive && (stream.Backend!.Config.Options & ProxyOptions.HttpPretendKeepAlive) == 0;
        // said where it is not what the version means anyway
        options &= ~HopByHopOptions.Close;
        if (!stream.RequestSide.WantsUpgrade && announce && head.MinorVersion > 0)
            options |= HopByHopOptions.Close;
        return Write(head, options, keepAlive: !stream.RequestSide.WantsUpgrade && !announce && head.MinorVersion == 0)
            && stream.Forwarded.Add(head);
    }

    /// <summary>The Connection field of a head that goes on; none when there is nothing to say.</summary>
    public static bool Write(MessageHead head, HopByHopOptions options, bool keepAlive)
    {
        Span<byte> text = stackalloc byte[64];
        int length = HopByHop.Write(options, keepAlive, text);
        return length == 0 || head.AddField("connection"u8, text[..length]);
    }

    /// <summary>Connection header for the client (RFC 9112 §9): ours replaces the server's.</summary>
    public void FinishResponse(MessageHead head)
    {
        // a stream of several ends for itself
        if (stream.Frames.End is null && (head.Body == BodyKind.UntilClose || stream.Connection.EndsWithAnswer(stream.Following.IsAny)))
            Client = false;
        // COMPAT: framing an HTTP/1.0 client cannot read ends with the connection
        if (stream.RequestSide.MinorVersion == 0 && head.Body == BodyKind.Chunked || head.HasDoubtfulEnd)
            Client = false;
        HopByHopOptions options = HopByHopOptions.None;
        if (head.HasConnectionHeader || head.HasHopByHopHeader)
        {
            stream.Heads.BeginEdit(head);
            options = HopByHop.Remove(head, keepsUpgrade: true);
            if ((options & HopByHopOptions.Close) != 0)
                Client = false;
        }
        // COMPAT: said where it is not what the version means anyway: close in HTTP/1.1, keep-alive when either side speaks 1.0
        bool addClose = !Client && head.MinorVersion > 0,
            addKeepAlive = Client && (stream.RequestSide.MinorVersion == 0 || head.MinorVersion == 0);
        options &= ~HopByHopOptions.Close;
        if (addClose)
            options |= HopByHopOptions.Close;
        if (options == HopByHopOptions.None && !addKeepAlive)
            return;
        stream.Heads.BeginEdit(head);
        Write(head, options, addKeepAlive);
    }
}
