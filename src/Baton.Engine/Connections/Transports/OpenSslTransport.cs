// A session of OpenSSL. During the handshake every TLS connection has one; afterwards those keep it whose ciphers our records do not
// speak (CBC, TLS 1.1 and older), and those to servers until the first answer, because tickets come with it. It cannot be written
// down: such a connection ends in the process that accepted it.
//
// OpenSSL reads and writes memory of ours for the time of a call (SessionIo). What has come is looked at in the socket and only what
// OpenSSL has taken is taken out: it takes one record at a time, so that what follows the handshake is still there.
// SAFETY: _io is null or a block of SecretMemory that this object alone has; it outlives the session, which is freed first.
using System;
using System.Security.Cryptography;
using Baton.Core.Buffers;
using Baton.Core.Frames;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Loop;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;
using Baton.Interop.Linux;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Connections.Transports;

internal sealed unsafe class OpenSslTransport : SealedTransport
{
    /// <summary>What a session takes in the middle of its handshake, about.</summary>
    private const int SessionBytes = 45056;

    private nint _ssl;
    private SessionIo* _io;
    private TlsContext _context = null!;
    private bool _hasReadEnd,
        _hasWrittenEnd,
        _isBroken,
        _hasRead,
        _isEarlyTaken;

    private FinishedNonce _nonce;

    /// <summary>Bytes that were looked at before the session began and are still in the worker's memory.</summary>
    private int _seen;

    /// <summary>We are the client of a TLS 1.3 server that has not answered yet.</summary>
    private bool _awaitsTickets;

    /// <summary>The client is to be asked for early data first (allow-0rtt).</summary>
    private bool _readsEarly;

    /// <summary>Early data have come, and somebody reads and writes before the handshake is over.</summary>
    private bool _isEarly;

    /// <summary>We are the client, and so much text went out before the handshake was over; 0 once it is known not to have been
    /// taken, or has been offered again.</summary>
    private int _early;

    /// <summary>The server has not taken it: nothing of it was looked at.</summary>
    public bool IsEarlyRefused { get; private set; }

    /// <summary>Never in an image.</summary>
    public override byte LayerType => 0;
    public override bool IsMovable => false;
    private protected override bool HasReadEnd => _hasReadEnd;

    /// <summary>OpenSSL's session, for who is called back by it.</summary>
    public nint Session => _ssl;

    /// <summary>Why the handshake came to nothing (<see cref="ConnectionFaults"/>).</summary>
    public byte FaultOf(Connection connection)
    {
        if (!_isBroken)
        {
            NoteFailure();
            return !_io->IsServer || Ssl.SSL_get_state(_ssl) != Ssl.STATE_BEFORE ? ConnectionFaults.Handshake
                : connection.Failed ? ConnectionFaults.TlsFailed
                : ConnectionFaults.TlsClosed;
        }
        if (!Facts.IsServerSide)
            return Facts.VerifyResult != X509.ERR_HOSTNAME_MISMATCH ? ConnectionFaults.Handshake
                : Facts.ServerName.IsEmpty ? ConnectionFaults.NotAsConfigured
                : ConnectionFaults.NotAsAsked;
        return Facts.IgnoredAuthorityFault != 0 && Facts.VerifyResult == Facts.IgnoredAuthorityFault ? ConnectionFaults.AuthorityUnknown
            : Facts.IgnoredCertificateFault != 0 && Facts.VerifyResult == Facts.IgnoredCertificateFault
                ? ConnectionFaults.CertificateNotTrusted
            : ConnectionFaults.Handshake;
    }

    /// <summary>The handshake ends here: what is known of it is kept for the log.</summary>
    public void NoteFailure()
    {
        Facts.IsServerSide = _io->IsServer;
        SessionFacts.ReadFailed(_ssl, Facts);
    }

    private OpenSslTransport() { }

    /// <summary>A session that has not begun; null when there is no memory, which is counted.</summary>
    /// <param name="seen">Bytes of what has come that lie in the worker's memory already.</param>
    public static OpenSslTransport? Begin(TlsContext context, bool isServer, int seen = 0)
    {
        OpenSslTransport? begun = TryBegin(context, isServer, seen);
        if (begun is null)
            MemoryBudget.CountFailure();
        return begun;
    }

    private static OpenSslTransport? TryBegin(TlsContext context, bool isServer, int seen)
    {
        // its memory is OpenSSL's own: what it takes is counted by its measure
        if (!MemoryBudget.TryTake(SessionBytes))
            return null;
        var io = (SessionIo*)SecretMemory.Rent();
        if (io is null)
        {
            MemoryBudget.GiveBack(SessionBytes);
            return null;
        }
        nint ssl = context.NewSession();
        if (ssl == 0 || !SessionIo.Attach(ssl, io))
        {
            if (ssl != 0)
                Ssl.SSL_free(ssl);
            SecretMemory.Return((byte*)io);
            MemoryBudget.GiveBack(SessionBytes);
            return null;
        }
        io->IsServer = isServer;
        io->AlwaysTells = (context.Uses & Configuration.Expressions.TlsUses.KeyLog) != 0;
        SessionCapture.Attach(ssl, context);
        TlsConnections.Enter();
        TlsConnections.CountBegun();
        Ssl.SSL_ctrl(ssl, Ssl.CTRL_MODE, Ssl.MODE_ENABLE_PARTIAL_WRITE | Ssl.MODE_ACCEPT_MOVING_WRITE_BUFFER | Ssl.MODE_RELEASE_BUFFERS, 0);
        if (isServer)
            Ssl.SSL_set_accept_state(ssl);
        else
            Ssl.SSL_set_connect_state(ssl);
        return new OpenSslTransport
        {
            _ssl = ssl,
            _io = io,
            _context = context,
            _seen = seen,
            _readsEarly = isServer && context.Offer!.TakesEarlyData,
        };
    }

    /// <summary>Goes on with the handshake as far as possible now.</summary>
    /// <param name="handsEarly">It is done when a request has come as early data: the rest follows as it is read and answered.</param>
    public HandshakeResult ShakeHands(Connection connection, bool handsEarly = false)
    {
        while (true)
        {
            if (!_isEarly && Out.Any && (Flush(connection) == -2 || Out.Any))
                return connection.Failed ? HandshakeResult.Failed : HandshakeResult.Wait;
            bool isFull = Look(connection, RecordState.LargestRecord);
            int result = Advance();
            _io->StopTelling();
            int error = result == 1 ? Ssl.ERROR_NONE : Ssl.SSL_get_error(_ssl, result);
            if (error == Ssl.ERROR_SSL)
            {
                _isBroken = true;
                NoteFailure();
            }
            _nonce.Note(new ReadOnlySpan<byte>(_io->Out, _io->OutLength));
            // PERF: what goes out last (tickets) goes with the first answer, if that is to come at once
            bool answers = result == 1 && _io->InLength > _io->Taken;
            bool isThrough = Take(connection) && SendMade(connection, 0, answers) != -2;
            if (HasFaulted(connection) || !isThrough)
                return HandshakeResult.Failed;
            if (result == 1)
            {
                connection.CanRead |= Text.Any;
                Facts.IsServerSide = _io->IsServer;
                SessionFacts.Read(_ssl, _context, Facts);
                _isEarlyTaken = _early > 0 && Ssl.SSL_get_early_data_status(_ssl) == Ssl.EARLY_DATA_ACCEPTED;
                if (_early > 0 && !_isEarlyTaken)
                    (_early, IsEarlyRefused) = (0, true);
                if (!Facts.IsResumed)
                    connection.Worker.Engine.TlsRates.CountKey(connection.Worker, _io->IsServer);
                return HandshakeResult.Done;
            }
            if (error != Ssl.ERROR_WANT_READ || _io->IsOverfull || connection.Failed)
                return HandshakeResult.Failed;
            if (isFull)
                continue;
            if (handsEarly && Text.Any && BeginEarly(connection))
                return HandshakeResult.Done;
            if (connection.PeerClosed && !connection.CanRead)
                return HandshakeResult.Failed;
            return HandshakeResult.Wait;
        }
    }

    /// <summary>To a server, first: a greeting, and text where the session allows it. False when the connection is broken.</summary>
    public bool SendEarly(Connection connection, ReadOnlySpan<byte> text)
    {
        bool mayGo = !text.IsEmpty && _context is { Settings.TakesEarlyData: true, HasFreshSession: true };
        nint resumed = mayGo ? Ssl.SSL_get_session(_ssl) : 0;
        if (resumed == 0 || text.Length > Ssl.SSL_SESSION_get_max_early_data(resumed))
            return true;
        _context.SpendSession();
        _io->InLength = _io->Taken = 0;
        PrepareToWrite(connection);
        nuint written = 0;
        fixed (byte* p = text)
            _isBroken = Ssl.SSL_write_early_data(_ssl, p, (nuint)text.Length, &written) != 1 || _io->IsOverfull;
        _io->StopTelling();
        if (HasFaulted(connection) || _isBroken)
            return false;
        _early = (int)written;
        return SendMade(connection, 0, more: false) != -2;
    }

    /// <summary>One call of the handshake, as SSL_do_handshake; early data are put aside on the way.</summary>
    private int Advance()
    {
        byte* area = stackalloc byte[_readsEarly ? RecordState.LargestFragment : 1];
        while (_readsEarly)
        {
            nuint length = 0;
            int got = Ssl.SSL_read_early_data(_ssl, area, RecordState.LargestFragment, &length);
            if (got == Ssl.READ_EARLY_DATA_ERROR)
                return -1;
            _readsEarly = got != Ssl.READ_EARLY_DATA_FINISH;
            if (!Text.Append(new ReadOnlySpan<byte>(area, (int)length)))
            {
                _isBroken = true;
                return -1;
            }
        }
        return Ssl.SSL_do_handshake(_ssl);
    }

    /// <summary>A request has come early, and is not one of HTTP/2: those of several streams wait for the handshake.</summary>
    private bool BeginEarly(Connection connection)
    {
        Facts.IsServerSide = true;
        SessionFacts.Read(_ssl, _context, Facts);
        if (Facts.Alpn.SequenceEqual("h2"u8) || Text.Span.StartsWith("PRI"u8))
            return false;
        _isEarly = Facts.IsInEarlyData = true;
        connection.CanRead = true;
        return true;
    }

    /// <summary>
    /// The handshake goes on as far as it can. When it is over our records take the connection: nothing of this object is used behind the
    /// call then (<see cref="Connection.Transport"/> is another one). As <see cref="ReadSome"/>.
    /// </summary>
    private int ReadEarly(Connection connection, byte* buffer, int length)
    {
        switch (ShakeHands(connection))
        {
            case HandshakeResult.Done:
                _isEarly = Facts.IsInEarlyData = false;
                if (Leave(connection.Worker) is not { } transport)
                    return Break(connection, Errno.ENOMEM);
                connection.Transport = transport;
                return length > 0 ? transport.Receive(connection, buffer, length) : -1;
            case HandshakeResult.Failed when connection.PeerClosed && !_isBroken && !connection.Failed:
                _hasReadEnd = true;
                return 0;
            case HandshakeResult.Failed:
                return Break(connection, Errno.EPROTO);
        }
        if (!Text.Any)
            return -1;
        connection.CanRead = true;
        return length > 0 ? Receive(connection, buffer, length) : 0;
    }

    /// <summary>Whether the handshake with a client whose request came early is over (Done, also where there is none), as far as can be
    /// known now; Failed when it never will be.</summary>
    public static HandshakeResult Finish(Connection connection)
    {
        if (connection.Transport is not OpenSslTransport { _isEarly: true } session)
            return connection.Failed ? HandshakeResult.Failed : HandshakeResult.Done;
        session.ReadEarly(connection, null, 0);
        return connection.Failed ? HandshakeResult.Failed
            : connection.Transport is not OpenSslTransport { _isEarly: true } left ? HandshakeResult.Done
            : left._hasReadEnd ? HandshakeResult.Failed
            : HandshakeResult.Wait;
    }

    /// <summary>OpenSSL ends no session in the middle of its handshake: the end is said by a record of our own, the last one.</summary>
    private void EndEarly(Connection connection)
    {
        _hasWrittenEnd = true;
        Span<byte> into = stackalloc byte[64];
        var secret = new ReadOnlySpan<byte>(_io->WriteSecret, DirectionKeys.LongestSecret);
        int length = TlsTransport.MakeEnd(connection.Worker, Facts.CipherSuite, secret, _io->RecordsWritten, into);
        bool canWrite = connection.CanWrite;
        fixed (byte* p = into)
            if (length > 0)
                SendSealed(connection, p, length, 0, more: true);
        connection.CanWrite = canWrite;
    }

    /// <summary>Something in here failed while OpenSSL called back: it is told and counted, and the session ends.</summary>
    private bool HasFaulted(Connection connection)
    {
        if (CallbackFault.Take() is not { } failure)
            return false;
        _isBroken = true;
        connection.NoteFault(failure);
        return true;
    }

    /// <summary>Shows OpenSSL what is in the socket, up to so many bytes. True when there may be more.</summary>
    private bool Look(Connection connection, int most)
    {
        TlsScratch scratch = connection.Worker.Tls;
        _io->In = scratch.In;
        _io->Out = scratch.Out;
        _io->OutSize = TlsScratch.OutSize;
        _io->InLength = _io->Taken = _io->OutLength = 0;
        LibErrors.ERR_clear_error();
        if (!connection.CanRead && _seen == 0)
            return false;
        int n = _seen > 0 ? _seen : connection.PeekRaw(scratch.In, most);
        _seen = 0;
        _io->InLength = Math.Max(0, n);
        // what comes from here on is another event
        if (n < most)
            connection.CanRead = false;
        return n == most;
    }

    /// <summary>Takes what OpenSSL has read out of the socket.</summary>
    private bool Take(Connection connection)
    {
        int taken = _io->Taken,
            left = _io->InLength - taken;
        _io->In = null;
        _io->InLength = _io->Taken = 0;
        if (left > 0)
            connection.CanRead = true;
        return taken == 0 || connection.DropRaw(connection.Worker.Tls.In, taken);
    }

    /// <summary>Sends what OpenSSL has written. As <see cref="SealedTransport.SendSealed"/>.</summary>
    private int SendMade(Connection connection, int text, bool more)
    {
        int length = _io->OutLength;
        _io->OutLength = 0;
        return length == 0 ? text : SendSealed(connection, connection.Worker.Tls.Out, length, text, more);
    }

    /// <summary>
    /// The transport that goes on with the connection, and this one is released: our own records. This one itself where those cannot.
    /// Null when there is no memory.
    /// </summary>
    public SealedTransport? Leave(Worker worker)
    {
        // the secret that a ticket's session is made of has no other way out of OpenSSL
        _awaitsTickets = !_io->IsServer && Facts.Version == RecordState.Tls13 && !_hasRead;
        if (_awaitsTickets || _isEarly || !CanLeave)
            return this;
        if (TlsTransport.Rent() is not { } records)
            return null;
        ref RecordState state = ref records.State;
        (state.Version, state.CipherSuite, state.IsServer) = (Facts.Version, Facts.CipherSuite, _io->IsServer);
        int fragment = Ssl.SSL_SESSION_get_max_fragment_length(Ssl.SSL_get_session(_ssl));
        // RFC 6066 §4: 1 is 512 bytes, 4 is 4096
        if (fragment is >= 1 and <= 4)
            state.LargestSent = (ushort)(256 << fragment);
        if (state.Version == RecordState.Tls13)
        {
            KeySchedule.SetSecret(ref state.Read, state.Suite, new(_io->ReadSecret, DirectionKeys.LongestSecret));
            KeySchedule.SetSecret(ref state.Write, state.Suite, new(_io->WriteSecret, DirectionKeys.LongestSecret));
            (state.Read.Sequence, state.Write.Sequence) = (_io->RecordsRead, _io->RecordsWritten);
        }
        else
            SetMaster(ref state);
        records.Follow(this);
        Release(worker);
        return records;
    }

    private bool CanLeave =>
        CipherSuite.Of(Facts.CipherSuite).Algorithm != AeadAlgorithm.None
        && !_io->HasChangedKeys
        && _early == 0
        && (Facts.Version == RecordState.Tls13 ? _io->HasReadSecret && _io->HasWriteSecret : Facts.Version == RecordState.Tls12)
        && Ssl.SSL_has_pending(_ssl) == 0;

    /// <summary>TLS 1.2: one record of each direction, Finished, has gone under the keys.</summary>
    private void SetMaster(ref RecordState state)
    {
        Span<byte> master = stackalloc byte[48];
        Span<byte> randoms = stackalloc byte[64];
        fixed (
            byte* m = master,
                r = randoms
        )
        {
            Ssl.SSL_SESSION_get_master_key(Ssl.SSL_get_session(_ssl), m, 48);
            Ssl.SSL_get_client_random(_ssl, r, 32);
            Ssl.SSL_get_server_random(_ssl, r + 32, 32);
        }
        ref DirectionKeys client = ref state.IsServer ? ref state.Read : ref state.Write;
        ref DirectionKeys server = ref state.IsServer ? ref state.Write : ref state.Read;
        KeySchedule.SetMaster(ref client, ref server, state.Suite, master, randoms[..32], randoms[32..]);
        CryptographicOperations.ZeroMemory(master);
        client.Sequence = server.Sequence = 1;
        state.Write.ExplicitNonce = _nonce.Value + 1;
    }

    private protected override int ReadSome(Connection connection, byte* buffer, int length)
    {
        if (_hasReadEnd)
        {
            connection.PeerClosed = true;
            connection.CanRead = false;
            return 0;
        }
        if (_isBroken)
            return Break(connection, Errno.ECONNRESET);
        if (_isEarly)
            return ReadEarly(connection, buffer, length);
        while (true)
        {
            bool isFull = Look(connection, Math.Min(TlsScratch.InSize, Math.Max(length, RecordState.LargestRecord)));
            bool atEnd = connection.PeerClosed && _io->InLength == 0;
            int got = length > 0 ? ReadInto(buffer, length, out int error) : ReadAside(out error);
            bool isThrough = Take(connection) && SendMade(connection, 0, more: false) != -2;
            if (HasFaulted(connection) || !isThrough)
                return Break(connection, Errno.ECONNRESET);
            if (isFull || Ssl.SSL_has_pending(_ssl) != 0 && got > 0)
                connection.CanRead = true;
            switch (error)
            {
                case Ssl.ERROR_ZERO_RETURN:
                    _hasReadEnd = true;
                    break;
                case Ssl.ERROR_NONE or Ssl.ERROR_WANT_READ:
                    break;
                default:
                    _isBroken = true;
                    break;
            }
            if (got > 0)
            {
                connection.CanRead |= _hasReadEnd || _isBroken || connection.PeerClosed;
                _hasRead = true;
                if (HasTickets)
                    LeaveAtLast(connection);
                return length > 0 ? got : 0;
            }
            if (_isBroken)
                return Break(connection, Errno.EPROTO);
            if (_hasReadEnd || atEnd)
            {
                connection.PeerClosed = true;
                connection.CanRead = false;
                return 0;
            }
            if (isFull)
                continue;
            if (HasTickets && !connection.Failed)
                LeaveAtLast(connection);
            return connection.Failed ? -2 : -1;
        }
    }

    /// <summary>What comes behind the handshake has come: with an answer, or behind it where the request went early.</summary>
    private bool HasTickets => _awaitsTickets && _hasRead && !_hasReadEnd && !_isBroken && (!_isEarlyTaken || _context.HasFreshSession);

    /// <summary>The first answer has come, and tickets with it. Nothing of this object is used behind the call.</summary>
    private void LeaveAtLast(Connection connection)
    {
        SessionFacts.ReadTickets(_ssl, _context, Facts);
        if (Leave(connection.Worker) is { } transport)
            connection.Transport = transport;
    }

    private int ReadInto(byte* buffer, int length, out int error)
    {
        int got = 0;
        error = Ssl.ERROR_NONE;
        while (got < length)
        {
            int n = Ssl.SSL_read(_ssl, buffer + got, length - got);
            if (n <= 0)
            {
                error = Ssl.SSL_get_error(_ssl, n);
                break;
            }
            got += n;
        }
        return got;
    }

    private int ReadAside(out int error)
    {
        error = Ssl.ERROR_SYSCALL;
        if (!Text.Reserve(Text.Length + RecordState.LargestFragment))
            return 0;
        int n = Ssl.SSL_read(_ssl, Text.Data + Text.End, Text.Room);
        error = n > 0 ? Ssl.ERROR_NONE : Ssl.SSL_get_error(_ssl, n);
        if (n > 0)
            Text.End += n;
        else if (!Text.Any)
            Text.Release();
        return Math.Max(0, n);
    }

    public override int Send(Connection connection, byte* buffer, int length, bool more)
    {
        if (_isEarly && connection.CanRead)
        {
            Finish(connection);
            if (connection.Transport != this)
                return connection.Transport!.Send(connection, buffer, length, more);
        }
        if (_isBroken || _hasWrittenEnd)
            return Break(connection, Errno.EPIPE);
        int taken = 0;
        if (Out.Any)
        {
            taken = Flush(connection);
            if (taken < 0 || Out.Any)
                return taken != 0 ? taken : -1;
            if (taken > length)
                return Break(connection, Errno.EPROTO);
        }
        // what went early is out already
        int early = Math.Min(_early, length - taken);
        _early -= early;
        taken += early;
        BeginToSeal(connection.Worker.NowMs);
        while (taken < length)
        {
            PrepareToWrite(connection);
            int part = NextRecord(connection.Worker.Tls, length, Math.Min(length - taken, RecordState.LargestFragment));
            int text = _isEarly ? WriteEarly(buffer + taken, part) : Ssl.SSL_write(_ssl, buffer + taken, part);
            if (HasFaulted(connection) || text <= 0)
            {
                _isBroken = true;
                return Break(connection, Errno.EPROTO);
            }
            int n = SendMade(connection, text, more || taken + text < length);
            if (n < 0)
                return n;
            taken += n;
            if (Out.Any)
                break;
        }
        return taken > 0 ? taken : -1;
    }

    private int WriteEarly(byte* text, int length)
    {
        nuint written = 0;
        return Ssl.SSL_write_early_data(_ssl, text, (nuint)length, &written) == 1 ? (int)written : 0;
    }

    private void PrepareToWrite(Connection connection)
    {
        _io->Out = connection.Worker.Tls.Out;
        (_io->OutSize, _io->OutLength) = (TlsScratch.OutSize, 0);
        LibErrors.ERR_clear_error();
    }

    public override void ShutdownWrite(Connection connection)
    {
        if (_isEarly && Finish(connection) == HandshakeResult.Done)
        {
            connection.Transport!.ShutdownWrite(connection);
            return;
        }
        if (_isEarly && _io->HasWriteSecret && !_hasWrittenEnd && !_isBroken && !connection.Failed)
            EndEarly(connection);
        if (_hasWrittenEnd || _isBroken || connection.Failed || Ssl.SSL_is_init_finished(_ssl) == 0)
            return;
        _hasWrittenEnd = true;
        PrepareToWrite(connection);
        Ssl.SSL_shutdown(_ssl);
        if (HasFaulted(connection))
            return;
        bool canWrite = connection.CanWrite;
        SendMade(connection, 0, more: true);
        connection.CanWrite = canWrite;
    }

    public override void BeforeClose(Connection connection) => ShutdownWrite(connection);

    public override void Release(Worker? worker)
    {
        base.Release(worker);
        // a session that was not ended is thrown out of the cache
        if (Ssl.SSL_is_init_finished(_ssl) != 0)
            Ssl.SSL_set_shutdown(_ssl, Ssl.SENT_SHUTDOWN | Ssl.RECEIVED_SHUTDOWN);
        Ssl.SSL_free(_ssl);
        MemoryBudget.GiveBack(SessionBytes);
        SecretMemory.Return((byte*)_io);
        _ssl = 0;
        _io = null;
        TlsConnections.Leave();
    }

    public override void WriteTo(FrameWriter w) => throw new InvalidOperationException("a session of OpenSSL does not move");
}
