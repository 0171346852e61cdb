// What becomes of mails when the process begins, hands over and ends.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;

namespace Baton.Engine.Mails;

public static class MailsStart
{
    /// <summary>Once, before the workers run. Complains of mailers whose names have no address.</summary>
    internal static void Create(EngineState engine, Action<SourcePosition, string> fault)
    {
        foreach (BackendState backend in engine.Backends)
            Create(backend, fault);
    }

    /// <summary>The queues of one backend. One that is added at run time sends at once, unless the process before has the say.</summary>
    internal static void Create(BackendState backend, Action<SourcePosition, string> fault)
    {
        EngineState engine = backend.Engine;
        if (backend.Config.EmailAlert is not { } config)
            return;
        MailersConfig section = engine.Config.Mailers.Find(m => m.Name == config.Mailers)!;
        var queues = new List<MailQueue>();
        foreach (MailerConfig mailer in section.Mailers)
            if (EndpointOf(backend, mailer) is { } endpoint)
                queues.Add(new MailQueue(backend, section, mailer, endpoint));
            else
                fault(mailer.Position, $"'mailer {mailer.Name}' : could not resolve address '{mailer.Address.HostName}'.");
        if (queues.Count == 0)
            return;
        backend.Mails = new AlertMails(config, [.. queues]);
        if (backend.IsDynamic && !engine.Handover.AwaitsAuthority)
            foreach (MailQueue queue in queues)
                engine.Workers[0].Post(_ => queue.TakeOver());
    }

    /// <summary>Looking a name up takes its time: while traffic runs only what is known already.</summary>
    private static Connections.SocketEndpoint? EndpointOf(BackendState backend, MailerConfig mailer)
    {
        if (!backend.IsDynamic || mailer.Address.Kind != AddressKind.Name)
            return Build.AddressResolver.ServerEndpoint(mailer.Address, AddressKind.IPv6);
        foreach (MailQueue queue in Queues(backend.Engine))
            if (queue.Backend.Config.EmailAlert!.Mailers == backend.Config.EmailAlert!.Mailers && queue.Name == mailer.Name)
                return queue.Endpoint;
        return null;
    }

    /// <summary>It is this process that sends, from now on or again. In the first worker's thread.</summary>
    internal static void Begin(EngineState engine)
    {
        foreach (MailQueue queue in Queues(engine))
            queue.TakeOver();
    }

    /// <summary>Some thread: the next process does not serve after all.</summary>
    internal static void Resume(EngineState engine) =>
        engine
            .Workers[0]
            .Post(static w =>
            {
                foreach (MailQueue queue in Queues(w.Engine))
                    queue.Continue();
            });

    /// <summary>A process that stops has mails on their way. In the first worker's thread.</summary>
    public static bool IsBusy(EngineState engine)
    {
        bool busy = false;
        foreach (MailQueue queue in Queues(engine))
            busy |= queue.KeepsProcess(engine.Workers[0].NowMs);
        return busy;
    }

    internal static IEnumerable<MailQueue> Queues(EngineState engine)
    {
        foreach (BackendState backend in engine.Backends)
        foreach (MailQueue queue in backend.Mails?.Queues ?? [])
            yield return queue;
    }
}
