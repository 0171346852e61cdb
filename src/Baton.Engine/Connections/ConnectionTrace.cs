// What the traces "session", "h1" and "h2" tell of connections. Nobody comes here without a trace.
using System.Globalization;
using System.Text;
using Baton.Engine.Traces;

namespace Baton.Engine.Connections;

/// <summary>On the worker that owns the connection.</summary>
internal static class ConnectionTrace
{
    /// <summary>Places of events of the source "session".</summary>
    private const int SessionNew = 0,
        SessionEnd = 1,
        SessionError = 2;

    /// <summary>Places of events that "h1" and "h2" have alike.</summary>
    private const int ConnectionNew = 0,
        Received = 1,
        Sent = 2,
        ConnectionEnd = 3;

    internal static TraceSubject SubjectOf(ClientConnection client) =>
        new(client.Worker.Index)
        {
            Listener = client.Listener,
            Frontend = client.Frontend,
            Connection = client,
            Session = client.Session,
        };

    internal static TraceSubject SubjectOf(Connection link) =>
        link is ClientConnection client ? SubjectOf(client)
        : link is ServerConnection { Server: { } server }
            ? new TraceSubject(link.Worker.Index)
            {
                Connection = link,
                Server = server,
                Backend = server.Backend,
            }
        : new TraceSubject(link.Worker.Index);

    internal static void Describe(StringBuilder text, TraceSource source, Connection link)
    {
        if (link is ClientConnection client)
            Describe(text, source, client);
        else if (source.Verbosity > 0 && link is ServerConnection { Server: { } server })
            text.Append(CultureInfo.InvariantCulture, $" : [B] srv={server.Backend.Name}/{server.Name}");
    }

    /// <summary>From "clean" on: the side, the address, the section.</summary>
    internal static void Describe(StringBuilder text, TraceSource source, ClientConnection client)
    {
        if (source.Verbosity < 1)
            return;
        text.Append(" : [F] ").Append(Address(client.Session.Source)).Append(" fe=").Append(client.Frontend.Name);
        if (source.Verbosity > 1)
            text.Append(CultureInfo.InvariantCulture, $" conn=fd{client.Fd} requests={client.Session.RequestCount}");
    }

    private static string Address(in SocketAddress address)
    {
        if (address.IsUnix || !address.IsSet)
            return "unix";
        System.Span<byte> ip = stackalloc byte[64];
        return string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(ip[..address.FormatIp(ip)])}:{address.Port}");
    }

    /// <summary>A session begins.</summary>
    internal static void Begin(ClientConnection client) => Tell(TraceSources.Session, SessionNew, TraceLevel.User, client, "new session");

    /// <summary>A connection that was refused before it was a session.</summary>
    internal static void Refuse(ClientConnection client, string why) =>
        Tell(TraceSources.Session, SessionError, TraceLevel.Error, client, why);

    /// <summary>A connection ends.</summary>
    internal static void End(ClientConnection client)
    {
        if (SourceOf(client) is { } source)
            Tell(source, ConnectionEnd, TraceLevel.State, client, "connection ends");
        Tell(TraceSources.Session, SessionEnd, TraceLevel.User, client, "session ends");
    }

    /// <summary>Its first request in this protocol has begun.</summary>
    internal static void BeginProtocol(ClientConnection client)
    {
        if (SourceOf(client) is { } source)
            Tell(source, ConnectionNew, TraceLevel.State, client, "connection speaks");
    }

    /// <summary>Null for what speaks neither.</summary>
    private static TraceSource? SourceOf(ClientConnection client) =>
        client.Mux is not null ? TraceSources.H2
        : client.Frontend is { IsHttp: true } ? TraceSources.H1
        : null;

    /// <summary>Bytes came (0 at the end, below 0 for none), or went.</summary>
    internal static void Passed(Connection connection, int bytes, bool isSent)
    {
        int at = isSent ? Sent : Received;
        if (bytes == -1)
            return;
        string what =
            bytes > 0 ? $"{(isSent ? "sent" : "received")} {bytes} bytes"
            : bytes == 0 ? "end of input"
            : "the socket failed";
        if (connection is ClientConnection client)
        {
            if (SourceOf(client) is { } source)
                Tell(source, at, TraceLevel.Data, client, what);
        }
        else if (connection is ServerConnection server)
            TellServer(server, server.Mux is null ? TraceSources.H1 : TraceSources.H2, at, what);
    }

    private static void TellServer(Connection server, TraceSource source, int at, string what)
    {
        if (!source.IsOn || !source.Admit(at, TraceLevel.Data, SubjectOf(server)))
            return;
        var text = new StringBuilder(what);
        Describe(text, source, server);
        source.Tell(at, TraceLevel.Data, server.Worker.Index, text);
    }

    private static void Tell(TraceSource source, int at, TraceLevel level, ClientConnection client, string what)
    {
        if (!source.IsOn || !source.Admit(at, level, SubjectOf(client)))
            return;
        var text = new StringBuilder(what);
        Describe(text, source, client);
        source.Tell(at, level, client.Worker.Index, text);
    }
}
