// What waits for one mailer of one backend: mails go out one after the other, each on a connection of its own. While another process takes
// over nothing is begun: what waits moves there, and what is on its way ends here.
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Mails;

/// <summary>OWNER: the first worker sends; any thread posts.</summary>
internal sealed class MailQueue
{
    /// <summary>A mailer that does not answer makes nobody remember more than that.</summary>
    private const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private readonly Queue<AlertMail> _waiting = [];
    private readonly List<AlertMail> _inherited = [];
    private readonly MailConnection _connection;
    private readonly string _hello;
    private long _last,
        _told,
        _leaveByMs = long.MaxValue;
    private bool _failing,
        _isFull;

    public MailQueue(BackendState backend, MailersConfig section, MailerConfig mailer, SocketEndpoint endpoint)
    {
        (Backend, Name, TimeoutMs, Endpoint) = (backend, mailer.Name, section.TimeoutMs, endpoint);
        _hello = backend.Config.EmailAlert!.MyHostname ?? System.Environment.MachineName;
        _connection = new MailConnection(this, Worker);
    }

    public BackendState Backend { get; }

    /// <summary>The mailer's.</summary>
    public string Name { get; }
    public int TimeoutMs { get; }
    public SocketEndpoint Endpoint { get; }
    private EngineState Engine => Backend.Engine;
    private Worker Worker => Engine.Workers[0];

    public void Post(string from, string to, string notice)
    {
        bool isFull;
        lock (_gate)
        {
            isFull = _waiting.Count >= MostWaiting;
            if (!isFull)
                _waiting.Enqueue(AlertMail.Of(++_last, from, to, notice));
            (isFull, _isFull) = (isFull && !_isFull, isFull);
        }
        if (isFull)
            Engine.Notices.Warn(
                Backend.Notices,
                $"Mailer {Name} of {Backend.Name} is too slow, mails about what happens meanwhile are not sent."
            );
        Worker.Post(_ => Continue());
    }

    /// <summary>Sends the next one, if there is one and it is this process that sends.</summary>
    public void Continue()
    {
        if (!_connection.IsBusy && Next() is { } mail)
            _connection.Begin(mail, _hello);
    }

    private AlertMail? Next()
    {
        // under the lock: what a handover has been told is never on its way at the same time
        lock (_gate)
        {
            if (Engine.Handover.AwaitsAuthority || Engine.Handover.IsUnderWay && !Engine.Handover.ProbationOver)
                return null;
            // once the next process stays, those that it was told of are its own
            while (_waiting.TryDequeue(out AlertMail? mail))
                if (!Engine.Handover.ProbationOver || mail.Number > _told)
                    return mail;
            return null;
        }
    }

    /// <summary>The exchange about a mail is over.</summary>
    /// <param name="fault">Why the mailer has not got it; null when it has.</param>
    public void Ended(string? fault)
    {
        if (fault is not null && !_failing)
            Engine.Notices.Warn(Backend.Notices, $"Mailer {Name} of {Backend.Name} does not take mails: {fault}.");
        _failing = fault is not null;
        Continue();
    }

    /// <summary>A process that stops finishes the mails it has within the time of one. In the first worker's thread.</summary>
    public bool KeepsProcess(long nowMs)
    {
        Continue();
        lock (_gate)
            if (!_connection.IsBusy && _waiting.Count == 0)
                return false;
        if (_leaveByMs == long.MaxValue)
            _leaveByMs = nowMs + TimeoutMs;
        return nowMs < _leaveByMs;
    }

    /// <summary>For a handover: what waits and has not been told yet; the number up to which none waits any more.</summary>
    public AlertMail[] Tell(out long gone)
    {
        lock (_gate)
        {
            gone = _waiting.TryPeek(out AlertMail? first) ? first.Number - 1 : _last;
            var news = new List<AlertMail>();
            foreach (AlertMail mail in _waiting)
                if (mail.Number > _told)
                    news.Add(mail);
            _told = _last;
            return [.. news];
        }
    }

    /// <summary>A handover begins to tell, of everything.</summary>
    public void TellAnew()
    {
        lock (_gate)
            _told = 0;
    }

    /// <summary>The process before has it waiting.</summary>
    public void Inherit(AlertMail mail)
    {
        lock (_gate)
            if (_inherited.Count < MostWaiting)
                _inherited.Add(mail);
    }

    /// <summary>The process before has sent those up to there.</summary>
    public void Disinherit(long gone)
    {
        lock (_gate)
            _inherited.RemoveAll(m => m.Number <= gone);
    }

    /// <summary>From now on it is this process that sends: what was left comes first.</summary>
    public void TakeOver()
    {
        lock (_gate)
        {
            AlertMail[] own = [.. _waiting];
            _waiting.Clear();
            foreach (AlertMail mail in (IEnumerable<AlertMail>)[.. _inherited, .. own])
                _waiting.Enqueue(mail with { Number = ++_last });
            _inherited.Clear();
        }
        Continue();
    }

    /// <summary>A socket that connects to the mailer, or minus errno.</summary>
    public int Open(out bool connected)
    {
        var plan = new ConnectPlan
        {
            Endpoint = Endpoint,
            Target = Endpoint.Address,
            Proxy = Backend.Config,
        };
        return Connector.Open(Worker, plan, out connected);
    }
}
