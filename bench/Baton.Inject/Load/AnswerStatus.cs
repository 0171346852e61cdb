// How far an answer has been read, or what is wrong with it.
namespace Baton.Inject.Load;

public enum AnswerStatus
{
    More,
    Done,
    Bad,
}
