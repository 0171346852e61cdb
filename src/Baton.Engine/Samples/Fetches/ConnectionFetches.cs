// Fetches of the session: addresses, names, states. And the constants.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class ConnectionFetches
{
    private static bool Text(string text, Span<byte> scratch, ref SampleValue v)
    {
        int n = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, scratch.Length / 3)), scratch);
        v.SetText(scratch[..n]);
        return true;
    }

    /// <summary>A copy, for converters may work in place.</summary>
    private static bool Fixed(ReadOnlySpan<byte> text, Span<byte> scratch, ref SampleValue v)
    {
        text = text[..Math.Min(text.Length, scratch.Length)];
        text.CopyTo(scratch);
        v.SetText(scratch[..text.Length]);
        return true;
    }

    private static bool UniqueId(ProxyStream s, ref SampleValue v)
    {
        if (!s.UniqueId.TryGet(out ReadOnlySpan<byte> id))
            return false;
        v.SetText(id);
        return true;
    }

    private static readonly ArgumentSpec[] OneText = [new(ArgumentKind.String, "text")],
        OneNumber = [new(ArgumentKind.Integer, "number")];

    private static SampleFetch Row(
        string name,
        SampleType output,
        SampleNeeds needs,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = needs,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
        };

    internal static readonly SampleFetch[] Rows =
    [
        Row("always_true", SampleType.Bool, SampleNeeds.None, "true", (s, a, o, m, ref v) =>
        {
            v.SetBool(true);
            return true;
        }),
        Row("always_false", SampleType.Bool, SampleNeeds.None, "false", (s, a, o, m, ref v) =>
        {
            v.SetBool(false);
            return true;
        }),
        Row(
            "str",
            SampleType.String,
            SampleNeeds.None,
            "a fixed text",
            (s, a, o, m, ref v) => Fixed((byte[])a[0].Value!, m, ref v),
            OneText
        ),
        Row(
            "int",
            SampleType.Integer,
            SampleNeeds.None,
            "a fixed number",
            (s, a, o, m, ref v) =>
            {
                v.SetNumber(a[0].Number);
                return true;
            },
            OneNumber
        ),
        Row(
            "env",
            SampleType.String,
            SampleNeeds.None,
            "an environment variable",
            (s, a, o, m, ref v) => Environment.GetEnvironmentVariable(a[0].Text) is { } e && Text(e, m, ref v),
            OneText
        ),
        Row("hostname", SampleType.String, SampleNeeds.None, "this machine's name", (s, a, o, m, ref v) =>
            Text(Interop.Linux.Processes.HostName(), m, ref v)
        ),
        Row("src", SampleType.Address, SampleNeeds.Client, "client's address", (s, a, o, m, ref v) =>
        {
            v.SetAddress(s.Source);
            return s.Source.Length > 0;
        }),
        Row("src_port", SampleType.Integer, SampleNeeds.Client, "client's port", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Source.Port);
            return s.Source.Length > 0;
        }),
        Row("dst", SampleType.Address, SampleNeeds.Client, "address the client connected to", (s, a, o, m, ref v) =>
        {
            v.SetAddress(s.Destination);
            return s.Destination.Length > 0;
        }),
        Row("dst_port", SampleType.Integer, SampleNeeds.Client, "port the client connected to", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Destination.Port);
            return s.Destination.Length > 0;
        }),
        Row("fe_name", SampleType.String, SampleNeeds.Client, "frontend's name", (s, a, o, m, ref v) => Text(s.Frontend.Name, m, ref v)),
        Row("fe_id", SampleType.Integer, SampleNeeds.Client, "frontend's id", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Frontend.Config.Id);
            return true;
        }),
        Row("dst_conn", SampleType.Integer, SampleNeeds.Client, "connections on the listening socket", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Session.Listener.CurrentSessions);
            return true;
        }),
        // COMPAT: a stream that has no backend yet is still its frontend's
        Row("be_name", SampleType.String, SampleNeeds.Backend, "backend's name", (s, a, o, m, ref v) =>
            Text(s.Backend?.Name ?? s.Frontend.Name, m, ref v)
        ),
        Row("be_id", SampleType.Integer, SampleNeeds.Backend, "backend's id", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Backend?.Config.Id ?? s.Frontend.Config.Id);
            return true;
        }),
        Row("so_id", SampleType.Integer, SampleNeeds.Client, "id of the listening socket", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Session.Listener.Id);
            return true;
        }),
        Row("so_name", SampleType.String, SampleNeeds.Client, "name of the listening socket", (s, a, o, m, ref v) =>
            Text(s.Session.Listener.Name, m, ref v)
        ),
        Row(
            "fc_rcvd_proxy",
            SampleType.Bool,
            SampleNeeds.Client,
            "the client's connection began with a PROXY header",
            (s, a, o, m, ref v) =>
            {
                v.SetBool(s.Session.FromProxyHeader);
                return true;
            }
        ),
        // true to what it is: no connection is encrypted here
        Row("ssl_fc", SampleType.Bool, SampleNeeds.Client, "the client's connection is encrypted", (s, a, o, m, ref v) =>
        {
            v.SetBool(false);
            return true;
        }),
        Row("unique-id", SampleType.String, SampleNeeds.Client, "identifier of the request (unique-id-format)", (s, a, o, m, ref v) =>
            UniqueId(s, ref v)
        ),
        Row("prio_class", SampleType.Integer, SampleNeeds.Client, "class of set-priority-class", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Choice.PriorityClass);
            return true;
        }),
        Row("prio_offset", SampleType.Integer, SampleNeeds.Client, "offset of set-priority-offset, milliseconds", (s, a, o, m, ref v) =>
        {
            v.SetNumber(s.Choice.PriorityOffsetMs);
            return true;
        }),
        Row("stopping", SampleType.Bool, SampleNeeds.None, "the process is leaving", (s, a, o, m, ref v) =>
        {
            v.SetBool(s.Worker.Engine.Stopping || s.Worker.Engine.StopAnnounced);
            return true;
        }),
    ];
}
