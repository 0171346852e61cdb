// The request of an HTTP check. COMPAT: names in lower case, "connection: close" for HTTP/1.1, the order of the fields.
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

internal sealed class HttpSend : SendStep
{
    private readonly string _head;
    private readonly string _tail;
    private readonly byte[] _body;
    private readonly bool _tellsState;

    /// <param name="common">What "option httpchk" says, for what the line leaves out; null where the line is not the first.</param>
    public HttpSend(CheckRuleConfig rule, HealthCheckConfig? common, bool tellsState)
        : base([])
    {
        string method = rule.Method ?? common?.Method ?? HealthCheckConfig.DefaultMethod,
            uri = rule.Uri ?? common?.Uri ?? HealthCheckConfig.DefaultUri,
            version = rule.Version ?? common?.Version ?? HealthCheckConfig.DefaultVersion;
        IsHead = method == "HEAD";
        var text = new StringBuilder($"{method} {uri} {version}\r\n");
        bool hasConnection = false;
        foreach ((string name, string value) in (IEnumerable<(string, string)>)[.. common?.Headers ?? [], .. rule.Headers])
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            hasConnection |= name == "connection";
        }
        _head = text.ToString();
        _body = rule.Body ?? common?.Body ?? [];
        text.Clear();
        if (_body.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"content-length: {_body.Length}\r\n");
        if (!hasConnection && string.CompareOrdinal(version, "HTTP/1.1") >= 0)
            text.Append("connection: close\r\n");
        _tail = text.Append("\r\n").ToString();
        _tellsState = tellsState;
    }

    public bool IsHead { get; }

    public override byte[] Bytes(ServerCheck check) =>
        [.. ByteText.GetBytes(_head + (_tellsState ? State(check.Server) : "") + _tail), .. _body];

    /// <summary>"http-check send-state": how the server stands, told to it.</summary>
    private static string State(ServerState s)
    {
        int total = 0,
            sessions = 0;
        foreach (ServerState other in s.Backend.Servers)
        {
            if (other.IsUsable)
                total += other.ScaledWeight;
            sessions += other.CurrentSessions;
        }
        bool isPath = s.Endpoint is { Path.Length: > 0 };
        string address = isPath ? "unix" : s.Endpoint?.Address.IpToString() ?? "",
            port = isPath ? "unix" : (s.Endpoint?.Address.Port ?? 0).ToString(CultureInfo.InvariantCulture);
        string node = s.Backend.Engine.Config.Global.Node ?? System.Environment.MachineName;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"x-haproxy-server-state: {s.StatusText}; address={address}; port={port}; name={s.Backend.Name}/{s.Name}; node={node}; weight={ServerState.Rounded(s.ScaledWeight)}/{ServerState.Rounded(total)}; scur={s.CurrentSessions}/{sessions}; qcur={s.Queue.Count}\r\n"
        );
    }
}
