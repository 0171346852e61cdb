// Handover of mails that wait: the next process sends them. The one that is on its way is finished here.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Mails;

namespace Baton.Engine.Handover;

public sealed class MailParticipant : IAuthoritativeParticipant
{
    private const byte OfMail = 1,
        OfGone = 2;

    private readonly Queue<(MailQueue Queue, AlertMail? Mail, long Gone)> _left = [];
    private readonly Dictionary<MailQueue, long> _gone = [];

    public string Name => "mails";
    public int Version => 1;

    public void Begin(EngineState engine)
    {
        _left.Clear();
        foreach (MailQueue queue in MailsStart.Queues(engine))
        {
            if (_gone.TryAdd(queue, 0))
                queue.TellAnew();
            AlertMail[] news = queue.Tell(out long gone);
            foreach (AlertMail mail in news)
                _left.Enqueue((queue, mail, 0));
            if (gone != _gone[queue])
                _left.Enqueue((queue, null, _gone[queue] = gone));
        }
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        while (into.Length - before < room && _left.TryDequeue(out (MailQueue Queue, AlertMail? Mail, long Gone) next))
        {
            int record = into.BeginRecord();
            into.Byte(next.Mail is null ? OfGone : OfMail);
            into.Text(next.Queue.Backend.Name);
            into.Text(next.Queue.Name);
            into.Int64(next.Mail?.Number ?? next.Gone);
            if (next.Mail is { } mail)
            {
                into.Text(mail.From);
                into.Text(mail.To);
                into.Blob(mail.Content);
            }
            into.EndRecord(record);
        }
        return into.Length > before;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            byte kind = r.Byte();
            string backend = r.Text(),
                mailer = r.Text();
            long number = r.Int64();
            MailQueue? queue = null;
            foreach (MailQueue one in engine.FindBackend(backend)?.Mails?.Queues ?? [])
                if (one.Name == mailer)
                    queue = one;
            if (r.IsShort || queue is null)
                continue;
            if (kind == OfGone)
                queue.Disinherit(number);
            else if (kind == OfMail)
            {
                var mail = new AlertMail(number, r.Text(), r.Text(), r.Blob().ToArray());
                if (!r.IsShort)
                    queue.Inherit(mail);
            }
        }
    }
}
