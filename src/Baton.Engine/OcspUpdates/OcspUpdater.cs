// Keeps what authorities say of our certificates fresh (ocsp-update): asks their responders before a response is out of date, and has what
// they say sent to clients. What was fetched goes on with the next process like what an operator has set.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Core.Timers;
using Baton.Engine.Connections;
using Baton.Engine.Logs.Senders;
using Baton.Engine.Loop;
using Baton.Engine.Tls;
using Baton.Http.Certificates;
using Baton.Interop.Linux;

namespace Baton.Engine.OcspUpdates;

/// <summary>OWNER: the first worker.</summary>
public sealed class OcspUpdater(EngineState engine) : TimerNode
{
    /// <summary>COMPAT: what is there at start is looked at, and what the process before has comes first.</summary>
    private const int FirstLookMs = 200;

    private readonly Dictionary<string, OcspUpdate> _updates = [];

    private Worker Worker => engine.Workers[0];
    private TlsGlobalConfig Config => engine.Config.Global.Tls;

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>Once, before the workers run.</summary>
    public static void Create(EngineState engine)
    {
        var updater = new OcspUpdater(engine);
        engine.OcspUpdater = updater;
        if (engine.Certificates is { HasUpdates: true })
            engine.Workers[0].Post(w => w.Timers.Arm(updater, w.NowMs + FirstLookMs));
    }

    /// <summary>One certificate for each response that is kept fresh.</summary>
    public List<CertificateBundle> Certificates()
    {
        var all = new List<CertificateBundle>();
        if (engine.Certificates is not { } store)
            return all;
        var seen = new HashSet<string>();
        lock (store.Lock)
            foreach (CertificateBundle? bundle in store.Bundles.Values)
                if (bundle?.Staple is { } staple && store.IsUpdated(bundle.Name) && seen.Add(staple.Key))
                    all.Add(bundle);
        return all;
    }

    /// <summary>What has become of a response; made now where there is none.</summary>
    public OcspUpdate Of(OcspStaple staple)
    {
        lock (_updates)
        {
            if (!_updates.TryGetValue(staple.Key, out OcspUpdate? update))
                _updates[staple.Key] = update = new OcspUpdate { NextAt = NextOf(staple, 0) };
            return update;
        }
    }

    private long NextOf(OcspStaple staple, int failures) =>
        staple.Response is { } response || failures > 0
            ? OcspUpdate.Next(Now, staple.Response?.ExpiresAt ?? 0, failures, Config.OcspLeastDelay, Config.OcspMostDelay)
            : Now;

    /// <summary>Asks for all that is due. The next look is when the next one is.</summary>
    public override void OnTimer(long nowMs)
    {
        // the next process does it
        if (engine.Stopping)
            return;
        long now = Now,
            next = now + Config.OcspMostDelay;
        foreach (CertificateBundle bundle in Certificates())
        {
            OcspUpdate update = Of(bundle.Staple!);
            if (update.NextAt <= now && !update.IsRunning)
                Ask(bundle, null);
            else if (!update.IsRunning)
                next = Math.Min(next, update.NextAt);
        }
        ArmAt(next);
    }

    private void ArmAt(long next)
    {
        long due = Worker.NowMs + Math.Max(1, next - Now) * 1000;
        if (!IsArmed || due < DeadlineMs)
            Worker.Timers.Arm(this, due);
    }

    /// <summary>Asks about one certificate now. On the first worker; <paramref name="told"/> is told how it ended, there.</summary>
    public void Ask(CertificateBundle bundle, Action<OcspUpdateStatus>? told)
    {
        OcspStaple staple = bundle.Staple!;
        Of(staple).IsRunning = true;
        void done(OcspAnswer answer, byte[] response) => Take(bundle, answer, response, told);
        CertificateView.TryRead(bundle.Leaf, out CertificateView leaf);
        if (ResponderAddress.Of(leaf) is not { } responder)
        {
            done(OcspAnswer.HttpError, []);
            return;
        }
        byte[] request = OcspQuestion.Request(staple.Id, responder, Config.OcspProxy is not null);
        if (Config.OcspProxy is { } proxy)
            Connect(proxy.HostName.Length > 0 ? proxy.HostName : "", proxy.Ip, proxy.Port == 0 ? 80 : proxy.Port, request, done);
        else
            Connect(responder.Host, [], responder.Port, request, done);
    }

    private void Connect(string host, byte[] ip, int port, byte[] request, Action<OcspAnswer, byte[]> done)
    {
        if (ip.Length == 0 && System.Net.IPAddress.TryParse(host, out System.Net.IPAddress? literal))
            ip = literal.GetAddressBytes();
        if (ip.Length > 0)
        {
            OcspFetch.Begin(Worker, SocketEndpoint.FromAddress(SocketAddress.From(ip, port)), request, done);
            return;
        }
        if (Config.OcspResolvers is { } section && Resolvers.ResolversStart.Find(engine, section) is { } resolvers)
        {
            if (Resolvers.DnsMessage.IsName(host))
                resolvers.Ask(new ResponderName(Worker, host, Config.OcspFamily, known));
            else
                known(default);
            return;
        }
        void known(SocketAddress address)
        {
            address.Port = (ushort)port;
            if (address.IsSet)
                OcspFetch.Begin(Worker, SocketEndpoint.FromAddress(address), request, done);
            else
                done(OcspAnswer.HttpError, []);
        }
        // names are found by a thread of its own: libc waits for the answer
        new Thread(() =>
        {
            List<byte[]> found = NameResolution.Resolve(host, Sockets.AF_UNSPEC);
            Worker.Post(_ =>
            {
                if (found.Count == 0)
                    done(OcspAnswer.HttpError, []);
                else
                    Connect(host, found[0], port, request, done);
            });
        })
        {
            IsBackground = true,
            Name = "ocsp-name",
        }.Start();
    }

    private void Take(CertificateBundle bundle, OcspAnswer answer, byte[] response, Action<OcspUpdateStatus>? told)
    {
        OcspStaple staple = bundle.Staple!;
        OcspUpdateStatus status = answer switch
        {
            OcspAnswer.Response => Judge(bundle, response),
            OcspAnswer.NoResponse => OcspUpdateStatus.NoResponse,
            _ => OcspUpdateStatus.HttpError,
        };
        OcspUpdate update = Of(staple);
        update.Note(status, Now);
        update.NextAt = NextOf(staple, update.FailuresInARow);
        Log(bundle, update);
        if (engine.Certificates!.IsUpdated(bundle.Name))
            ArmAt(update.NextAt);
        told?.Invoke(status);
    }

    private static OcspUpdateStatus Judge(CertificateBundle bundle, byte[] der)
    {
        OcspStaple staple = bundle.Staple!;
        if (OcspResponse.Parse(der, out _) is not { } response || !CertificateId.AreEqual(response.Id, staple.Id))
            return OcspUpdateStatus.Refused;
        if (bundle.Authority is not { } authority || !response.IsSignedFor(authority))
            return OcspUpdateStatus.Refused;
        staple.Put(response);
        return OcspUpdateStatus.Updated;
    }

    /// <summary>COMPAT: HAProxy's line.</summary>
    private void Log(CertificateBundle bundle, OcspUpdate update) =>
        engine.Notices.Log?.Write(
            update.Status == OcspUpdateStatus.Updated ? NoticeLog.LevelNotice : NoticeLog.LevelWarning,
            string.Create(
                CultureInfo.InvariantCulture,
                $"-:- [{DateTimeOffset.Now:dd/MMM/yyyy:HH:mm:ss.fff}] <OCSP-UPDATE> {bundle.Name} {(int)update.Status} "
                    + $"\"{OcspUpdate.Text(update.Status)}\" {update.Failures} {update.Successes}"
            )
        );
}
