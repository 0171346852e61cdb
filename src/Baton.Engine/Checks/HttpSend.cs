// The request of an HTTP check. COMPAT: names in lower case, "connection: close" for HTTP/1.1, the order of the fields.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

internal sealed class HttpSend : SendStep
{
    private readonly string _method,
        _uri,
        _version;
    private readonly CheckText? _uriText,
        _bodyText;
    private readonly (string Name, string Value, CheckText? Text)[] _fields;
    private readonly byte[] _body;
    private readonly bool _closes,
        _tellsState;

    /// <param name="rule">The line.</param>
    /// <param name="common">What "option httpchk" says, for what the line leaves out; null where the line is not the first.</param>
    /// <param name="tellsState">"http-check send-state".</param>
    public HttpSend(CheckRuleConfig rule, HealthCheckConfig? common, bool tellsState)
        : base([])
    {
        _method = rule.Method ?? common?.Method ?? HealthCheckConfig.DefaultMethod;
        _uri = rule.Uri ?? common?.Uri ?? HealthCheckConfig.DefaultUri;
        _version = rule.Version ?? common?.Version ?? HealthCheckConfig.DefaultVersion;
        _uriText = CheckText.Of(rule.UriFormat, Logs.FormatUse.Target);
        _bodyText = CheckText.Of(rule.BodyFormat);
        _body = rule.Body ?? common?.Body ?? [];
        _tellsState = tellsState;
        var fields = new List<(string, string, CheckText?)>();
        foreach ((string name, string value) in common?.Headers ?? [])
            fields.Add((name, value, null));
        foreach ((string name, LogFormatConfig value) in rule.Headers)
            fields.Add((name, "", CheckText.Of(value, Logs.FormatUse.Message)));
        _fields = [.. fields];
        bool hasConnection = fields.Exists(static f => f.Item1 == "connection");
        _closes = !hasConnection && string.CompareOrdinal(_version, "HTTP/1.1") >= 0;
    }

    public bool IsHead => _method == "HEAD";

    /// <summary>The host that it is for, as TLS can ask for it: a name, without its port. Null for none.</summary>
    public string? Host(CheckDialogue dialogue)
    {
        foreach ((string name, string value, CheckText? format) in _fields)
        {
            if (name != "host")
                continue;
            string host = format?.Text(dialogue) ?? value;
            int port = host.LastIndexOf(':');
            if (port >= 0)
                host = host[..port];
            return Uri.CheckHostName(host) == UriHostNameType.Dns ? host : null;
        }
        return null;
    }

    public override byte[] Bytes(CheckDialogue dialogue)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{_method} {_uriText?.Text(dialogue) ?? _uri} {_version}\r\n");
        foreach ((string name, string value, CheckText? format) in _fields)
        {
            string said = format?.Text(dialogue) ?? value;
            // COMPAT: a field without content is left out
            if (said.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"{name}: {said}\r\n");
        }
        if (_tellsState)
            text.Append(State(dialogue.Check.Server));
        byte[] body = _bodyText?.Bytes(dialogue) ?? _body;
        if (body.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"content-length: {body.Length}\r\n");
        if (_closes && !dialogue.Check.KeepsConnection)
            text.Append("connection: close\r\n");
        return [.. ByteText.GetBytes(text.Append("\r\n").ToString()), .. body];
    }

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
