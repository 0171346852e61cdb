// The exchange with a mail server about one mail (RFC 5321): its greeting, HELO, MAIL, RCPT, DATA, the mail, QUIT.
// SAFETY: what is sent lies in an array pinned for the call; what comes is read into this frame's stack, within its length.
using System;
using System.Globalization;
using System.Text;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Mails;

/// <summary>OWNER: the first worker. Used again for each mail of its queue.</summary>
internal sealed unsafe class MailConnection : OutgoingConnection
{
    /// <summary>Read at a time; of a reply only its three digits matter, and which of its lines is the last.</summary>
    private const int ReadSize = 512,
        DigitsOfReply = 3;

    /// <summary>Most of what is listened to about one mail: whoever goes on talking has nothing to say, and others wait.</summary>
    private const int MostHeard = 65536;

    /// <summary>What is said, in order; each waits for the reply to what came before, the first for the greeting.</summary>
    private const int Hello = 0,
        Data = 3,
        Content = 4,
        Done = 6;

    private readonly MailQueue _queue;
    private AlertMail? _mail;
    private string _hello = "";
    private byte[] _sending = [];
    private int _sent,
        _step,
        _heard;

    // the line of a reply that is coming: how far, its code so far, whether another line follows
    private int _column,
        _code;
    private bool _continues;

    public MailConnection(MailQueue queue, Worker worker) => (_queue, Worker) = (queue, worker);

    /// <summary>A mail is on its way.</summary>
    public bool IsBusy => _mail is not null;

    protected override bool HasSocks => false;
    protected override bool HasPreamble => false;
    protected override SocketAddress SocksTarget => default;

    protected override ReadOnlySpan<byte> Preamble() => default;

    public void Begin(AlertMail mail, string hello)
    {
        (_mail, _hello, _step, _sending, _sent, _column, _code, _heard) = (mail, hello, Hello, [], 0, 0, 0, 0);
        int fd = _queue.Open(out bool connected);
        if (fd < 0)
        {
            // not from within: who posts many mails to a port that refuses would go ever deeper
            int errno = -fd;
            Worker.Post(_ => End(Errno.Message(errno)));
            return;
        }
        ResetConnection(Worker, fd);
        ResetHandshake();
        CanWrite = connected;
        Worker.Timers.Arm(this, Worker.NowMs + _queue.TimeoutMs);
        EnsureRegistered();
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (IsBusy)
            Advance();
    }

    private void Advance()
    {
        if (!IsConnected)
            switch (ShakeHands())
            {
                case HandshakeResult.Wait:
                    return;
                case HandshakeResult.Failed:
                    End(Errno.Message(Error));
                    return;
            }
        while (IsBusy)
        {
            if (_sent < _sending.Length)
            {
                int n;
                fixed (byte* p = _sending)
                    n = Send(p + _sent, _sending.Length - _sent);
                if (n < 0)
                {
                    // a mail server may be gone before it hears the goodbye: it has the mail
                    if (n != -1)
                        End(_step == Done ? null : "connection lost");
                    return;
                }
                _sent += n;
                continue;
            }
            if (!Hear())
                return;
        }
    }

    /// <summary>Takes what has come; false when nothing more has, or it is over.</summary>
    private bool Hear()
    {
        byte* bytes = stackalloc byte[ReadSize];
        int n = CanRead ? Receive(bytes, ReadSize) : -1;
        if (n == -1)
            return false;
        if (n <= 0)
        {
            End(_step == Done ? null : "connection closed by the mail server");
            return false;
        }
        _heard += n;
        if (_heard > MostHeard)
        {
            End("it says too much");
            return false;
        }
        for (int i = 0; i < n; i++)
            if (Take(bytes[i]))
                // what stands behind a reply answers nothing that was said; nor is it for the next mail, which may have begun by now
                return OnReply();
        return true;
    }

    /// <summary>True with the end of a reply.</summary>
    private bool Take(byte b)
    {
        if (b == '\n')
        {
            bool isWhole = !_continues && _column >= DigitsOfReply;
            _column = 0;
            return isWhole;
        }
        if (_column == 0)
            (_code, _continues) = (0, false);
        if (_column < DigitsOfReply)
            _code = b is >= (byte)'0' and <= (byte)'9' ? _code * 10 + (b - '0') : -1000;
        else if (_column == DigitsOfReply)
            _continues = b == '-';
        _column = Math.Min(_column + 1, DigitsOfReply + 1);
        return false;
    }

    /// <summary>False when the exchange is over.</summary>
    private bool OnReply()
    {
        int expected = _step == Content ? 3 : 2;
        if (_code / 100 != expected && _step < Done)
        {
            string said = _code > 0 ? _code.ToString(CultureInfo.InvariantCulture) : "nonsense";
            End($"it answered {said} to {Word(_step - 1)}");
            return false;
        }
        if (_step == Done)
        {
            End(null);
            return false;
        }
        (_sending, _sent) = (Text(_step++), 0);
        return true;
    }

    private static string Word(int step) =>
        step switch
        {
            < Hello => "the connection",
            Hello => "HELO",
            1 => "MAIL",
            2 => "RCPT",
            Data => "DATA",
            _ => "the mail",
        };

    private byte[] Text(int step) =>
        step switch
        {
            Hello => Encoding.UTF8.GetBytes($"HELO {_hello}\r\n"),
            1 => Encoding.UTF8.GetBytes($"MAIL FROM:<{_mail!.From}>\r\n"),
            2 => Encoding.UTF8.GetBytes($"RCPT TO:<{_mail!.To}>\r\n"),
            Data => "DATA\r\n"u8.ToArray(),
            Content => _mail!.Content,
            _ => "QUIT\r\n"u8.ToArray(),
        };

    /// <param name="fault">Null when the mail server has the mail.</param>
    private void End(string? fault)
    {
        if (!IsBusy)
            return;
        CloseSocket();
        _mail = null;
        _queue.Ended(fault);
    }

    /// <summary>What was accepted stays so, whether the mail server says goodbye or not.</summary>
    public override void OnTimer(long nowMs) => End(_step == Done ? null : "no answer in time");

    protected override void OnOutOfMemory() => End(Errno.Message(Errno.ENOMEM));

    public override void Abandon() => End("internal error");

    public override void ReturnToPool() { }
}
