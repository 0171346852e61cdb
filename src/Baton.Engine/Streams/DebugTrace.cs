// -d: what passes, line by line on stdout, as HAProxy prints it and as tools and people who debug read it. Without -d there
// is no such object, and each place that would trace pays a look at a null reference.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Acls;
using Baton.Engine.Connections;
using Baton.Engine.Rules;
using Baton.Http.Messages;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

/// <summary>Called by the workers that own the streams; a line is one write.</summary>
public class DebugTrace
{
    private const int WorkerShift = 24;

    /// <summary>A stream begins: NUMBER:FRONTEND.accept(LISTENER)=CLIENT from [ADDRESS:PORT].</summary>
    public virtual void Accepted(ProxyStream stream)
    {
        ClientConnection client = stream.Connection;
        int listener = client.Listener.Descriptors.Length > 0 ? client.Listener.Descriptors[0] : -1;
        SocketAddress source = client.Session.Source;
        string from = source.IsUnix || !source.IsSet ? $"unix:{client.Listener.Id}" : Address(source);
        Write($"{Number(stream)}:{stream.Frontend.Name}.accept({Short(listener)})={Short(client.Fd)} from [{from}] ALPN=<none>\n");
    }

    /// <summary>The head of a request or of a response, a line to a field.</summary>
    public virtual void Head(ProxyStream stream, MessageHead head, bool response)
    {
        var text = new StringBuilder();
        string line = response ? "srvrep" : "clireq",
            field = response ? "srvhdr" : "clihdr";
        Prefix(text, stream, line).Append(": ");
        if (response)
            text.Append(CultureInfo.InvariantCulture, $"HTTP/1.{head.MinorVersion} {head.Status} ")
                .Append(Encoding.Latin1.GetString(head.Reason));
        else
            text.Append(Encoding.Latin1.GetString(head.MethodSpan))
                .Append(' ')
                .Append(Encoding.Latin1.GetString(head.Target))
                .Append(CultureInfo.InvariantCulture, $" HTTP/1.{head.MinorVersion}");
        text.Append('\n');
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField one = ref head.Field(i);
            if (one.IsRemoved)
                continue;
            // COMPAT: names in lower case, as HAProxy keeps them
            Prefix(text, stream, field)
                .Append(": ")
                .Append(Encoding.Latin1.GetString(one.NameSpan).ToLowerInvariant())
                .Append(": ")
                .Append(Encoding.Latin1.GetString(one.ValueSpan))
                .Append('\n');
        }
        Write(text.ToString());
    }

    /// <summary>The stream ends.</summary>
    public virtual void Closed(ProxyStream stream)
    {
        string name = Name(stream),
            place = $"[{Short(stream.Connection.Fd)}:{Short(stream.ServerSide?.Fd ?? -1)}]",
            begin = $"{Number(stream)}:{name}.";
        Write($"{begin}clicls{place}\n{(stream.ServerSide is null ? "" : $"{begin}srvcls{place}\n")}{begin}closed{place}\n");
    }

    /// <summary>A rule was come to, and applies to the stream or not; its action has not run yet.</summary>
    public virtual void Rule(ProxyStream stream, RuleConfig rule, Condition? condition, bool holds) { }

    /// <summary>So was a use_backend line.</summary>
    public virtual void Switch(ProxyStream stream, BackendSwitch line, bool holds) { }

    private static StringBuilder Prefix(StringBuilder text, ProxyStream stream, string what)
    {
        string server = stream.ServerSide is { } side ? Short(side.Fd) : "ffffffff";
        return text.Append(Number(stream))
            .Append(':')
            .Append(Name(stream))
            .Append('.')
            .Append(what)
            .Append('[')
            .Append(Short(stream.Connection.Fd))
            .Append(':')
            .Append(server)
            .Append(']');
    }

    /// <summary>COMPAT: the backend's name once there is one.</summary>
    private static string Name(ProxyStream stream) => stream.Backend?.Name ?? stream.Frontend.Name;

    private static string Number(ProxyStream stream) =>
        ((stream.SequenceNumber - 1) | (uint)stream.Worker.Index << WorkerShift).ToString("x8", CultureInfo.InvariantCulture);

    private static string Short(int fd) => ((ushort)fd).ToString("x4", CultureInfo.InvariantCulture);

    private static string Address(in SocketAddress address)
    {
        Span<byte> ip = stackalloc byte[64];
        return string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(ip[..address.FormatIp(ip)])}:{address.Port}");
    }

    private static void Write(string text) => StandardStreams.Out(text);
}
