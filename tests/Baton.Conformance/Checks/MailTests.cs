// "email-alert": a mail server hears what becomes of servers, and what waits for it survives a reload.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class MailTests : CheckScenario
{
    private const string Left = "0 sessions active, 0 requeued, 0 remaining in queue",
        Online = "0 sessions requeued, 0 total in queue";

    private static string Alert(string level, int timeoutMs = 20_000, params SmtpServer[] mailers) =>
        $$"""
            mailers alerts
                timeout mail {{timeoutMs}}
            {{string.Join('\n', mailers.Select((m, i) => $"    mailer m{i} 127.0.0.1:{m.Port}"))}}
            defaults with-mail
                mode http
                timeout connect 20s
                timeout server 60s
                email-alert mailers alerts
                email-alert from balancer@example.org
                email-alert to people@example.org
                email-alert myhostname lb.example
                email-alert level {{level}}

            """;

    private SmtpServer Smtp() => Keep(new SmtpServer());

    private static void AwaitSubjects(SmtpServer smtp, params string[] expected)
    {
        Eventually(() => smtp.Mails.Count >= expected.Length, $"only {smtp.Mails.Count} mails: {string.Join('\n', smtp.Subjects)}");
        Assert.Equal(expected.Select(static s => "[HAProxy Alert] " + s), smtp.Subjects);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_mailer_hears_of_each_change_that_is_important_enough(Product product)
    {
        SmtpServer one = Smtp(),
            two = Smtp();
        Start(
            product,
            Config(
                Alert("notice", 20_000, one, two)
                    + """
                    backend be from with-mail
                        server a 127.0.0.1:1
                        server b 127.0.0.1:1
                        server c 127.0.0.1:1 backup
                    """
            )
        );
        Command("set server be/a state drain");
        Command("set server be/a state ready");
        Command("disable server be/b");
        Command("enable server be/b");
        Command("set server be/a state drain");
        foreach (SmtpServer smtp in (SmtpServer[])[one, two])
            AwaitSubjects(
                smtp,
                $"Server be/a enters drain state. 1 active and 1 backup servers online. {Online}",
                $"Server be/a enters drain state. 1 active and 1 backup servers online. {Online}"
            );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_mail_says_what_the_log_says(Product product)
    {
        SmtpServer smtp = Smtp();
        SwitchedServer server = Switched(on: true);
        Start(
            product,
            Config(
                Alert("alert", 20_000, smtp)
                    + $$"""
                    backend be from with-mail
                        server a 127.0.0.1:{{server.Port}} check inter 50 fall 1 rise 1
                        server b 127.0.0.1:1 track a
                        server c 127.0.0.1:1
                    """
            )
        );
        Await("UP L4OK", "be", "a");
        server.Off();
        Eventually(() => smtp.Mails.Count == 2, "no mails");
        Assert.Equal($"[HAProxy Alert] Server be/b is DOWN via be/a. 1 active and 0 backup servers left. {Left}", smtp.Subjects.Last());
        string[] mail = smtp.Mails[0];
        string subject = smtp.Subjects.First();
        Assert.StartsWith("[HAProxy Alert] Server be/a is DOWN, reason: Layer4 connection problem, info: \"", subject);
        Assert.EndsWith($"check duration: 0ms. 2 active and 0 backup servers left. {Left}", Digits(subject));
        Assert.Equal(
            [
                "HELO lb.example",
                "MAIL FROM:<balancer@example.org>",
                "RCPT TO:<people@example.org>",
                "DATA",
                "From: balancer@example.org",
                "To: people@example.org",
                mail[6],
                "Subject: " + subject,
                "",
                subject["[HAProxy Alert] ".Length..],
                "",
                ".",
            ],
            mail
        );
        Assert.Matches(@"^Date: \w\w\w, \d\d \w\w\w \d{4} \d\d:\d\d:\d\d [+-]\d{4} \(.+\)$", mail[6]);
    }

    private static string Digits(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"duration: \d+ms", "duration: 0ms");

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Outcomes_of_checks_are_mailed_at_level_info(Product product)
    {
        SmtpServer smtp = Smtp();
        Start(
            product,
            Config(
                Alert("info", 20_000, smtp)
                    + """
                    backend be from with-mail
                        option log-health-checks
                        server a 127.0.0.1:1 check inter 1h fall 1
                        server b 127.0.0.1:1
                    """
            )
        );
        Eventually(() => smtp.Mails.Count >= 2, "no mails");
        Assert.Equal(
            "[HAProxy Alert] Health check for server be/a failed, reason: Layer4 connection problem, info: \"Connection refused\", "
                + "check duration: 0ms, status: 0/2 DOWN",
            Digits(smtp.Subjects.First())
        );
        Assert.Equal($"[HAProxy Alert] Server be/a is DOWN. 1 active and 0 backup servers left. {Left}", smtp.Subjects.Skip(1).First());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_mailer_that_refuses_or_falls_silent_loses_that_mail_alone(Product product)
    {
        SmtpServer smtp = Smtp();
        Start(
            product,
            Config(
                Alert("notice", 1000, smtp)
                    + """
                    backend be from with-mail
                        server a 127.0.0.1:1
                        server b 127.0.0.1:1
                    """
            )
        );
        smtp.Answers["RCPT"] = "550 nobody";
        Command("set server be/a state drain");
        Eventually(() => smtp.Connections == 1, "no mail");
        Eventually(() => smtp.Refusals == 1, "nothing was refused");
        smtp.Answers.Clear();
        smtp.Mute();
        Command("set server be/a state ready");
        Command("set server be/a state drain");
        Eventually(() => smtp.Connections == 2, "no mail");
        Command("set server be/b state drain");
        // the time for the second mail is over before the third is begun
        Eventually(() => smtp.Connections == 3, "the third mail waits for ever");
        smtp.Speak();
        // on a busy machine the time for that one may be over as well
        Eventually(
            () =>
            {
                Command("set server be/b state ready; set server be/b state drain");
                System.Threading.Thread.Sleep(100);
                return smtp.Subjects.Any(static s => s.Contains("be/b", StringComparison.Ordinal));
            },
            "no mail"
        );
    }

    private const string TwoServers = """
        backend be from with-mail
            server a 127.0.0.1:1
            server b 127.0.0.1:1
        """;

    /// <summary>What a mail server says behind its goodbye is not for the next mail, which is begun at once.</summary>
    [Fact]
    public void Each_exchange_is_heard_from_its_greeting_on()
    {
        SmtpServer smtp = Smtp();
        smtp.Answers["QUIT"] = "221 bye\r\n220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250 f";
        smtp.Mute();
        Start(Product.Baton, Config(Alert("notice", 20_000, smtp) + TwoServers));
        Command("set server be/a state drain");
        Command("set server be/b state drain");
        Command("set server be/b state ready");
        Command("set server be/b state drain");
        smtp.Speak();
        Eventually(() => smtp.Mails.Count == 3, $"only {smtp.Mails.Count} mails");
        Assert.All(smtp.Mails, static m => Assert.Single(m, static l => l == "HELO lb.example"));
    }

    /// <summary>One that goes on talking is left, so that the worker it is heard by has time for others.</summary>
    [Fact]
    public void A_mailer_that_does_not_stop_talking_loses_that_mail_alone()
    {
        SmtpServer smtp = Smtp();
        smtp.Answers["HELO"] = "250-" + new string('x', 1 << 20) + "\r\n250 at last";
        ProxyProcess proxy = Start(Product.Baton, Config(Alert("notice", 20_000, smtp) + TwoServers));
        Command("set server be/a state drain");
        Eventually(() => proxy.ErrorText.Contains("it says too much", StringComparison.Ordinal), "it is listened to for ever");
        smtp.Answers.Clear();
        Command("set server be/b state drain");
        Eventually(() => smtp.Mails.Count == 1, "no mail");
    }

    [Fact]
    public void What_waits_moves_to_the_next_process_and_nothing_is_sent_twice()
    {
        SmtpServer smtp = Smtp();
        smtp.Mute();
        using var proxy = new Reloadable(
            Alert("notice", 20_000, smtp)
                + """
                backend be from with-mail
                    server a 127.0.0.1:1
                    server b 127.0.0.1:1
                listen l from with-mail
                    bind 127.0.0.1:${port}
                    timeout client 60s
                    server c 127.0.0.1:1
                """
        );
        proxy.Reload();
        proxy.Ask("set server be/a state drain");
        Eventually(() => smtp.Connections == 1, "no mail");
        for (int i = 0; i < 3; i++)
        {
            proxy.Ask("set server be/b state drain");
            proxy.Ask("set server be/b state ready");
        }
        proxy.Ask("set server l/c state drain");
        int old = proxy.Reload();
        proxy.Ask("set server be/b state drain");
        // the first mail is on its way in the old process, which stays for it
        Assert.True(Reloadable.IsAlive(old));
        smtp.Speak();
        Reloadable.WaitGone(old, Patience.Ms);
        Eventually(() => smtp.Mails.Count >= 6, $"only {smtp.Mails.Count} mails");
        Assert.Equal(
            ["be/a:1", "be/b:4", "l/c:1"],
            smtp.Subjects.GroupBy(static s => s.Split(' ')[3]).Select(static g => $"{g.Key}:{g.Count()}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_process_that_stops_sends_what_it_has()
    {
        SmtpServer smtp = Smtp();
        smtp.Mute();
        ProxyProcess proxy = Start(
            Product.Baton,
            Config(
                Alert("notice", 20_000, smtp)
                    + """
                    backend be from with-mail
                        server a 127.0.0.1:1
                        server b 127.0.0.1:1
                    """
            ),
            new ProxyOptions { EndsItself = true }
        );
        Command("set server be/a state drain");
        Command("set server be/b state drain");
        proxy.Signal(10);
        smtp.Speak();
        proxy.WaitForExit();
        Assert.Equal(2, smtp.Mails.Count);
    }
}
