// "email-alert" of a backend: who hears by mail of what becomes of its servers.
using Baton.Configuration.Model;

namespace Baton.Engine.Mails;

/// <summary>Any thread.</summary>
internal sealed class AlertMails(EmailAlertConfig config, MailQueue[] queues)
{
    /// <summary>Outcomes of checks are told on this level of syslog.</summary>
    public const int LevelInfo = 6;

    /// <summary>One for each mailer: each gets every mail.</summary>
    public MailQueue[] Queues => queues;

    /// <param name="level">Severity of syslog.</param>
    /// <param name="notice">As the log has it.</param>
    public void Post(int level, string notice)
    {
        if (level > config.Level)
            return;
        foreach (MailQueue queue in queues)
            queue.Post(config.From!, config.To!, notice);
    }
}
