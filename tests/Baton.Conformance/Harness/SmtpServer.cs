// A mail server that keeps what it is told, in lines, and refuses or falls silent on request.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

public sealed class SmtpServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string[]> _mails = [];
    private readonly ManualResetEventSlim _open = new(true);
    private int _connections,
        _refusals;

    public SmtpServer()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Answers of <see cref="Answers"/> so far.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>The whole of each exchange that ended with a mail, as the client said it.</summary>
    public IReadOnlyList<string[]> Mails => [.. _mails];

    /// <summary>Subjects of the mails, without times, which differ.</summary>
    public IEnumerable<string> Subjects =>
        Mails.Select(m => m.First(static l => l.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..]);

    /// <summary>What a command that begins so is answered with, instead of what is usual.</summary>
    public ConcurrentDictionary<string, string> Answers { get; } = new();

    /// <summary>Connections are taken, and not greeted.</summary>
    public void Mute() => _open.Reset();

    public void Speak() => _open.Set();

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                Interlocked.Increment(ref _connections);
                new Thread(() => Serve(client)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException) { }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
                _open.Wait();
                Talk(client, reader);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { }
    }

    private void Talk(TcpClient client, StreamReader reader)
    {
        void Say(string line) => client.GetStream().Write(Encoding.ASCII.GetBytes(line + "\r\n"));
        var said = new List<string>();
        Say("220-mail.example\r\n220 ready");
        bool inMail = false;
        while (reader.ReadLine() is { } line)
        {
            said.Add(line);
            if (inMail && line == ".")
            {
                _mails.Enqueue([.. said]);
                said.Clear();
                inMail = false;
                Say("250 queued");
            }
            else if (!inMail)
            {
                string word = line.Split(' ')[0];
                string answer = word switch
                {
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    "HELO" => "250-mail.example\r\n250 hello",
                    _ => "250 ok",
                };
                if (Answers.TryGetValue(word, out string? other))
                {
                    answer = other;
                    Interlocked.Increment(ref _refusals);
                }
                inMail = answer.StartsWith("354", StringComparison.Ordinal);
                Say(answer);
            }
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _open.Set();
    }
}
