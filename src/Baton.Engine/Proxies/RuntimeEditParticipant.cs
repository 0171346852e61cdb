// Handover of what an operator changed on frontends, on the process and on backends: disabled frontends, maxconn, dynamic cookies. The rule
// is that of the servers: a runtime value stays, unless the file's own value has changed.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;

namespace Baton.Engine.Proxies;

public sealed class RuntimeEditParticipant : IAuthoritativeParticipant
{
    private readonly ToldRecords _told = new();
    private int _frontend,
        _backend;
    private bool _process;

    /// <summary>One list for all pieces: another one may come meanwhile.</summary>
    private List<BackendState> _backends = [];

    public string Name => "runtime-edits";
    public int Version => 1;

    public void Begin(EngineState engine) => (_frontend, _backend, _process, _backends) = (0, 0, false, engine.Backends);

    /// <summary>Each piece begins with the limit of the process, which is always told.</summary>
    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        if (_process)
            return false;
        int before = into.Length;
        WriteLimit(engine, into);
        for (; _frontend < engine.Frontends.Count; _frontend++)
        {
            if (into.Length - before >= room)
                return true;
            WriteFrontend(engine.Frontends[_frontend], into);
        }
        for (; _backend < _backends.Count; _backend++)
        {
            if (into.Length - before >= room)
                return true;
            WriteCookies(_backends[_backend], into);
        }
        WriteRates(engine, into);
        return _process = true;
    }

    private static void WriteLimit(EngineState engine, FrameWriter into)
    {
        into.Int32(engine.Config.Global.MaxConn);
        into.Int32(engine.MaxConn);
        into.Int32(engine.ConfiguredMaxConn);
    }

    private void WriteFrontend(FrontendState f, FrameWriter into)
    {
        if (f.Status != ProxyStatus.Paused && f.MaxConn == f.ConfiguredMaxConn && !_told.Contains(f))
            return;
        int start = into.Length,
            record = into.BeginRecord();
        into.Text(f.Name);
        into.Flag(f.Status == ProxyStatus.Paused);
        into.Int32(f.ConfiguredMaxConn);
        into.Int32(f.MaxConn);
        into.EndRecord(record);
        _told.Keep(f, into, start);
    }

    /// <summary>A nameless record: the rates of the process.</summary>
    private static void WriteRates(EngineState engine, FrameWriter into)
    {
        int rates = into.BeginRecord();
        into.Text("");
        into.Int32(engine.Config.Global.MaxConnRate);
        into.Int32(engine.MaxConnectionRate);
        into.Int32(engine.Config.Global.MaxSessRate);
        into.Int32(engine.MaxSessionRate);
        into.Int32(engine.Config.Global.MaxCompressionRate);
        into.Int32(engine.Compression.RateLimit);
        into.Int32(engine.Config.Global.Tls.MaxRate);
        into.Int32(engine.TlsRates.Limit);
        into.EndRecord(rates);
    }

    /// <summary>What no frontend's name begins with; a process that does not know these records finds no such frontend.</summary>
    private const char CookiesOf = '\u0001';

    private static (bool On, string Key) ConfiguredCookies(BackendState b) =>
        (b.Config.Cookie is { Dynamic: true }, b.Config.DynamicCookieKey ?? "");

    private void WriteCookies(BackendState b, FrameWriter into)
    {
        (bool on, string key) = ConfiguredCookies(b);
        if (b.HasDynamicCookies == on && (b.DynamicCookieKey ?? "") == key && !_told.Contains(b))
            return;
        int start = into.Length,
            record = into.BeginRecord();
        into.Text(CookiesOf + b.Name);
        into.Flag(on);
        into.Text(key);
        into.Flag(b.HasDynamicCookies);
        into.Text(b.DynamicCookieKey ?? "");
        into.EndRecord(record);
        _told.Keep(b, into, start);
    }

    private static void ReadCookies(EngineState engine, string name, FrameReader r)
    {
        (bool, string) then = (r.Flag(), r.Text());
        bool on = r.Flag();
        string key = r.Text();
        if (!r.IsShort && engine.FindBackend(name) is { } b && ConfiguredCookies(b) == then)
            b.SetDynamicCookies(on, key.Length == 0 ? null : key);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        int file = from.Int32(),
            now = from.Int32(),
            atStart = from.Int32();
        if (!from.IsShort && file == engine.Config.Global.MaxConn && now > 0)
            engine.MaxConn = now != atStart ? now : engine.ConfiguredMaxConn;
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            if (name.Length == 0)
            {
                ReadRates(engine, r);
                continue;
            }
            if (name[0] == CookiesOf)
            {
                ReadCookies(engine, name[1..], r);
                continue;
            }
            FrontendState? f = engine.FindFrontend(name);
            bool paused = r.Flag();
            int fileMaxConn = r.Int32(),
                maxConn = r.Int32();
            if (f is null || r.IsShort)
                continue;
            if (maxConn > 0 && fileMaxConn == f.ConfiguredMaxConn)
                f.MaxConn = maxConn;
            if (f.Status == ProxyStatus.Stopped || paused == (f.Status == ProxyStatus.Paused))
                continue;
            f.Status = paused ? ProxyStatus.Paused : ProxyStatus.Open;
            engine.Control.Apply(f);
        }
    }

    private static void ReadRates(EngineState engine, FrameReader r)
    {
        int fileConnections = r.Int32(),
            connections = r.Int32(),
            fileSessions = r.Int32(),
            sessions = r.Int32();
        if (r.IsShort)
            return;
        if (fileConnections == engine.Config.Global.MaxConnRate)
            engine.MaxConnectionRate = connections;
        if (fileSessions == engine.Config.Global.MaxSessRate)
            engine.MaxSessionRate = sessions;
        int fileRate = r.Int32(),
            rate = r.Int32();
        // an older process does not say
        if (!r.IsShort && fileRate == engine.Config.Global.MaxCompressionRate)
            engine.Compression.RateLimit = rate;
        int fileTls = r.Int32(),
            tls = r.Int32();
        if (!r.IsShort && fileTls == engine.Config.Global.Tls.MaxRate)
            engine.TlsRates.Limit = tls;
    }
}
