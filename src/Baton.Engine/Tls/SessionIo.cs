// Where a session of OpenSSL reads and writes: memory of ours, for the time of one call. What it has not read then is still in the
// socket. And what it tells meanwhile: its traffic secrets, and how many records have gone under them.
// SAFETY: the structure lies in a block of SecretMemory for as long as its session lives, and the callbacks are called with it on the
// thread that called OpenSSL; what they throw is kept for after the call (CallbackFault). In and Out are set around each call and cover
// what their lengths say.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Baton.Http.Tls.Records;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal unsafe struct SessionIo
{
    /// <summary>What has come, how much of it, and how much of that was taken.</summary>
    public byte* In;
    public int InLength,
        Taken;

    /// <summary>Room for what is to be sent, and how much there is.</summary>
    public byte* Out;
    public int OutSize,
        OutLength;

    /// <summary>It would have written more than there is room for.</summary>
    public bool IsOverfull;

    /// <summary>We are the one that was connected to: the server's secret is ours.</summary>
    public bool IsServer;

    /// <summary>The traffic secrets of TLS 1.3 are here, and the records of each direction since then.</summary>
    public bool HasReadSecret,
        HasWriteSecret;

    /// <summary>The context that is telling secrets during this call; 0 for none.</summary>
    public nint Telling;

    /// <summary>The context tells secrets all the time: fetches ask for all of them (tune.ssl.keylog).</summary>
    public bool AlwaysTells;

    /// <summary>A KeyUpdate has gone by: the secrets that were told are not those in use.</summary>
    public bool HasChangedKeys;

    public ulong RecordsRead,
        RecordsWritten;
    public fixed byte ReadSecret[DirectionKeys.LongestSecret];
    public fixed byte WriteSecret[DirectionKeys.LongestSecret];

    private static nint s_method;
    private static readonly System.Threading.Lock s_lock = new();

    /// <summary>The kind of BIO that reads and writes this structure.</summary>
    private static nint Method
    {
        get
        {
            if (s_method != 0)
                return s_method;
            lock (s_lock)
            {
                if (s_method != 0)
                    return s_method;
                nint method;
                fixed (byte* name = "connection\0"u8)
                    method = Bio.BIO_meth_new(Bio.BIO_get_new_index() | Bio.TYPE_SOURCE_SINK, name);
                Bio.BIO_meth_set_read(method, &Read);
                Bio.BIO_meth_set_write(method, &Write);
                Bio.BIO_meth_set_ctrl(method, &Control);
                return s_method = method;
            }
        }
    }

    /// <summary>
    /// Every context whose sessions leave OpenSSL after the handshake belongs to one worker: it is told for each session by itself when to
    /// tell secrets, because OpenSSL prints all of them digit by digit. PERF: 5 us each.
    /// </summary>
    public static void Prepare(nint context, bool alwaysTells) =>
        SslContext.SSL_CTX_set_keylog_callback(context, alwaysTells ? &NoteSecret : null);

    /// <summary>After each call that may have had it tell secrets.</summary>
    public void StopTelling()
    {
        if (Telling != 0)
            SslContext.SSL_CTX_set_keylog_callback(Telling, null);
        Telling = 0;
    }

    /// <summary>Gives a session its structure. False when there is no memory.</summary>
    public static bool Attach(nint ssl, SessionIo* io)
    {
        nint bio = Bio.BIO_new(Method);
        if (bio == 0)
            return false;
        Bio.BIO_set_data(bio, (nint)io);
        Bio.BIO_set_init(bio, 1);
        // one for both directions: the session frees it
        Ssl.SSL_set_bio(ssl, bio, bio);
        Ssl.SSL_set_msg_callback(ssl, &NoteMessage);
        Ssl.SSL_ctrl(ssl, Ssl.CTRL_SET_MSG_CALLBACK_ARG, 0, (nint)io);
        return true;
    }

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* into, int length)
    {
        try
        {
            CallbackFault.Enter();
            var io = (SessionIo*)Bio.BIO_get_data(bio);
            Bio.BIO_clear_flags(bio, Bio.FLAGS_READ | Bio.FLAGS_WRITE | Bio.FLAGS_SHOULD_RETRY);
            int n = Math.Min(length, io->InLength - io->Taken);
            if (n <= 0)
            {
                Bio.BIO_set_flags(bio, Bio.FLAGS_READ | Bio.FLAGS_SHOULD_RETRY);
                return -1;
            }
            Unsafe.CopyBlockUnaligned(into, io->In + io->Taken, (uint)n);
            io->Taken += n;
            return n;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* from, int length)
    {
        try
        {
            CallbackFault.Enter();
            var io = (SessionIo*)Bio.BIO_get_data(bio);
            Bio.BIO_clear_flags(bio, Bio.FLAGS_READ | Bio.FLAGS_WRITE | Bio.FLAGS_SHOULD_RETRY);
            if (length > io->OutSize - io->OutLength)
            {
                io->IsOverfull = true;
                return -1;
            }
            Unsafe.CopyBlockUnaligned(io->Out + io->OutLength, from, (uint)length);
            io->OutLength += length;
            return length;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
            return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command == Bio.CTRL_FLUSH ? 1 : 0;

    [UnmanagedCallersOnly]
    private static void NoteMessage(int write, int version, int type, byte* bytes, nuint length, nint ssl, nint argument)
    {
        const int keyUpdate = 24,
            finished = 20;
        try
        {
            CallbackFault.Enter();
            var io = (SessionIo*)argument;
            bool isMessage = type == (int)ContentType.Handshake && length > 0 && version == RecordState.Tls13;
            // the secrets of what follows are made behind it
            if (isMessage && *bytes == finished && io->Telling == 0 && !io->AlwaysTells)
                SslContext.SSL_CTX_set_keylog_callback(io->Telling = Ssl.SSL_get_SSL_CTX(ssl), &NoteSecret);
            if (isMessage && *bytes == keyUpdate)
                io->HasChangedKeys = true;
            if (type != Ssl.RT_HEADER)
                return;
            if (write != 0)
                io->RecordsWritten++;
            else
                io->RecordsRead++;
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
        }
    }

    /// <summary>"LABEL client-random secret". The secrets of records begin a new count: they are told when the key is already in
    /// use.</summary>
    [UnmanagedCallersOnly]
    private static void NoteSecret(nint ssl, byte* line)
    {
        try
        {
            CallbackFault.Enter();
            var io = (SessionIo*)Bio.BIO_get_data(Ssl.SSL_get_rbio(ssl));
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line);
            if (io is not null)
                io->NoteSecret(text);
            if (io is not null && io->AlwaysTells)
                SessionCapture.Of(ssl)?.Note(text);
        }
        catch (Exception e)
        {
            CallbackFault.Keep(e);
        }
    }

    private void NoteSecret(ReadOnlySpan<byte> text)
    {
        bool isClients = text.StartsWith("CLIENT_TRAFFIC_SECRET_0 "u8);
        if (!isClients && !text.StartsWith("SERVER_TRAFFIC_SECRET_0 "u8))
            return;
        ReadOnlySpan<byte> digits = text[(text.LastIndexOf((byte)' ') + 1)..];
        if (digits.Length > 2 * DirectionKeys.LongestSecret)
            return;
        if (isClients != IsServer)
        {
            fixed (byte* secret = WriteSecret)
                Convert.FromHexString(digits, new Span<byte>(secret, DirectionKeys.LongestSecret), out _, out _);
            HasWriteSecret = true;
            RecordsWritten = 0;
        }
        else
        {
            fixed (byte* secret = ReadSecret)
                Convert.FromHexString(digits, new Span<byte>(secret, DirectionKeys.LongestSecret), out _, out _);
            HasReadSecret = true;
            RecordsRead = 0;
        }
    }
}
