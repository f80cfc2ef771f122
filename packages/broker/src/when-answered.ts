/** Goes on with an answer that is there now or comes later, without waiting for one that is there. */
export function whenAnswered<Answer, Next>(
  answer: Answer | Promise<Answer>,
  next: (answer: Answer) => Next | Promise<Next>,
): Next | Promise<Next> {
  return answer instanceof Promise ? answer.then(next) : next(answer)
}
