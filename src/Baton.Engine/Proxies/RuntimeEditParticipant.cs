// Handover of what an operator changed on frontends, on the process and on backends: disabled frontends, maxconn, dynamic cookies. The rule is that of
// the servers: a runtime value stays, unless the file's own value has changed.
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Proxies;

public sealed class RuntimeEditParticipant : IHandoverParticipant
{
    public string Name => "runtime-edits";
    public int Version => 1;

    public bool Write(EngineState engine, FrameWriter into)
    {
        into.Int32(engine.Config.Global.MaxConn);
        into.Int32(engine.MaxConn);
        into.Int32(engine.ConfiguredMaxConn);
        foreach (FrontendState f in engine.Frontends)
        {
            if (f.Status != ProxyStatus.Paused && f.MaxConn == f.ConfiguredMaxConn) continue;
            int record = into.BeginRecord();
            into.Text(f.Name);
            into.Flag(f.Status == ProxyStatus.Paused);
            into.Int32(f.ConfiguredMaxConn);
            into.Int32(f.MaxConn);
            into.EndRecord(record);
        }
        foreach (BackendState b in engine.Backends) WriteCookies(b, into);
        // a nameless record: the rates of the process
        int rates = into.BeginRecord();
        into.Text("");
        into.Int32(engine.Config.Global.MaxConnRate);
        into.Int32(engine.MaxConnectionRate);
        into.Int32(engine.Config.Global.MaxSessRate);
        into.Int32(engine.MaxSessionRate);
        into.EndRecord(rates);
        return true;
    }

    /// <summary>What no frontend's name begins with; a process that does not know these records finds no such frontend.</summary>
    private const char CookiesOf = '\u0001';

    private static (bool On, string Key) ConfiguredCookies(BackendState b) => (b.Config.Cookie is { Dynamic: true }, b.Config.DynamicCookieKey ?? "");

    private static void WriteCookies(BackendState b, FrameWriter into)
    {
        (bool on, string key) = ConfiguredCookies(b);
        if (b.HasDynamicCookies == on && (b.DynamicCookieKey ?? "") == key) return;
        int record = into.BeginRecord();
        into.Text(CookiesOf + b.Name);
        into.Flag(on);
        into.Text(key);
        into.Flag(b.HasDynamicCookies);
        into.Text(b.DynamicCookieKey ?? "");
        into.EndRecord(record);
    }

    private static void ReadCookies(EngineState engine, string name, FrameReader r)
    {
        (bool, string) then = (r.Flag(), r.Text());
        bool on = r.Flag();
        string key = r.Text();
        if (!r.IsShort && engine.FindBackend(name) is { } b && ConfiguredCookies(b) == then) b.SetDynamicCookies(on, key.Length == 0 ? null : key);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        int file = from.Int32(), now = from.Int32(), atStart = from.Int32();
        if (!from.IsShort && now != atStart && file == engine.Config.Global.MaxConn && now > 0) engine.MaxConn = now;
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            if (name.Length == 0) { ReadRates(engine, r); continue; }
            if (name[0] == CookiesOf) { ReadCookies(engine, name[1..], r); continue; }
            FrontendState? f = engine.FindFrontend(name);
            bool paused = r.Flag();
            int fileMaxConn = r.Int32(), maxConn = r.Int32();
            if (f is null || r.IsShort) continue;
            if (maxConn > 0 && maxConn != fileMaxConn && fileMaxConn == f.ConfiguredMaxConn) f.MaxConn = maxConn;
            if (!paused || f.Status != ProxyStatus.Open) continue;
            f.Status = ProxyStatus.Paused;
            engine.ApplyStatus(f);
        }
    }

    private static void ReadRates(EngineState engine, FrameReader r)
    {
        int fileConnections = r.Int32(), connections = r.Int32(), fileSessions = r.Int32(), sessions = r.Int32();
        if (r.IsShort) return;
        if (connections != fileConnections && fileConnections == engine.Config.Global.MaxConnRate) engine.MaxConnectionRate = connections;
        if (sessions != fileSessions && fileSessions == engine.Config.Global.MaxSessRate) engine.MaxSessionRate = sessions;
    }
}
