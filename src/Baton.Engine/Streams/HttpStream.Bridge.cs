// Names that the server's side of the stream still goes by; it has them from the stream's parts.
using System;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    private int _interimLogSize
    {
        get => Interim.LogSize;
        set => Interim.LogSize = value;
    }

    private bool _hasArena => Heads.HasArena;

    private bool HasFollowing => Following.IsAny;

    private bool LendTable(MessageHead head) => Heads.Lend(head);

    private void ReturnTable(MessageHead head) => Heads.Return(head);

    internal void RentArena(MessageHead head) => Heads.BeginEdit(head);

    private void ReturnArena() => Heads.EndEdits();

    private bool CommitHead(ref Channel channel, MessageHead head) => Heads.Commit(ref channel, head);

    private void KeepAcceptedResponse() => Malformed.KeepAcceptedResponse();

    private void KeepBadResponseHead() => Malformed.KeepResponseHead();

    private void KeepBadResponseBody() => Malformed.KeepResponseBody();

    private void CaptureResponse() => Captures.KeepResponse(ResponseHead);

    private static int HeadLogSize(MessageHead head, bool request) => Logs.HeadSize.ForLog(head, request);

    private bool WriteResponseCookies(Proxies.PersistenceCookie cookie, MessageHead head) => Cookies.WriteResponse(cookie, head);

    private void FailResponseCookie() => Cookies.Fail();

    private bool LeaksCookie(MessageHead head) => Cacheability.LeaksCookie(Method, head);

    private void EmitEarlyLog() => Log.WriteEarly();

    private bool IsAnsweredUpgrade(MessageHead answer) => RequestSide.WantsUpgrade && ProtocolSwitch.IsAnswered(answer);

    private bool InsertServerName() => NameHeader.Insert();

    private const int WebSocketKeyLength = ProtocolSwitch.WebSocketKeyLength;

    private static bool AsksForWebSocket(MessageHead head) => ProtocolSwitch.AsksForWebSocket(head);

    private int LogLevel
    {
        set => Log.Level = value;
    }

    private const int LogSilent = StreamLog.Silent;

    private RequestPhase _requestPhase
    {
        get => RequestSide.Phase;
        set => RequestSide.Phase = value;
    }

    private bool _clientKeepAlive
    {
        get => KeepAlive.Client;
        set => KeepAlive.Client = value;
    }

    private bool _serverKeepAlive
    {
        get => KeepAlive.Server;
        set => KeepAlive.Server = value;
    }

    private bool _wantsUpgrade => RequestSide.WantsUpgrade;
    private HttpMethod _sentMethod => RequestSide.SentMethod;
    private int _requestMinorVersion => RequestSide.MinorVersion;
    private bool _responseRulesWait => Rules.ResponseWaits;
    private Services.ServiceEnd? _service => Service.End;
    private Http.Messages.ParseOptions RequestOptions => RequestSide.Options;

    private void OnRequestHead() => RequestSide.OnHead();

    private void RejectRequest(ParseStatus status) => RequestSide.Reject(status);

    private bool RunResponseRules() => Rules.RunResponse();

    private bool PassResponseContentRules() => Rules.PassResponseContent();

    private void RunStickRules() => Rules.RunStick();

    private bool RunAfterResponseRules() => Rules.RunAfterResponse();

    private void AnswerFailedRewrite() => Answers.FailedRewrite();

    private void ReplyError(int status, TerminationCause cause, TerminationPhase phase) => Answers.Error(status, cause, phase);

    private bool RedirectToServer() => Answers.RedirectToServer();

    private static bool WriteConnection(MessageHead head, HopByHopOptions options, bool keepAlive) =>
        KeepAlive.Write(head, options, keepAlive);
}
