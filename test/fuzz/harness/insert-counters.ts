import ts from 'typescript';

const { factory } = ts;

/** Numbers spread over the map of {@link Coverage}, across all files of a thread. */
let numbered = 0;
const number = (): number => Math.imul(++numbered, 40_503) & 0xffff;

const call = (): ts.Expression =>
  factory.createCallExpression(
    factory.createPropertyAccessExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), 'sluiceCoverage'),
      'hit',
    ),
    undefined,
    [factory.createNumericLiteral(number())],
  );

const statement = (): ts.Statement => factory.createExpressionStatement(call());

const counted = (expression: ts.Expression): ts.Expression =>
  factory.createParenthesizedExpression(factory.createComma(call(), expression));

function countedBlock(body: ts.Statement): ts.Block {
  const rest = ts.isBlock(body) ? body.statements : [body];
  return factory.createBlock([statement(), ...rest], true);
}

const lazy = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** Puts a counter on every way that control can take: functions, branches, loops, cases, arms of expressions. */
export function insertCounters(): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const visit = (node: ts.Node): ts.Node => {
      const done = ts.visitEachChild(node, visit, context);
      return withCounters(done);
    };
    return ts.visitEachChild(file, visit, context);
  };
}

function withCounters(node: ts.Node): ts.Node {
  if (ts.isIfStatement(node)) {
    const otherwise = node.elseStatement ?? factory.createBlock([]);
    return factory.updateIfStatement(node, node.expression, countedBlock(node.thenStatement), countedBlock(otherwise));
  }
  if (ts.isConditionalExpression(node)) {
    return factory.updateConditionalExpression(
      node,
      node.condition,
      node.questionToken,
      counted(node.whenTrue),
      node.colonToken,
      counted(node.whenFalse),
    );
  }
  if (ts.isBinaryExpression(node) && lazy.has(node.operatorToken.kind)) {
    return factory.updateBinaryExpression(node, node.left, node.operatorToken, counted(node.right));
  }
  if (ts.isCaseClause(node)) {
    return factory.updateCaseClause(node, node.expression, [statement(), ...node.statements]);
  }
  if (ts.isDefaultClause(node)) return factory.updateDefaultClause(node, [statement(), ...node.statements]);
  if (ts.isCatchClause(node)) {
    return factory.updateCatchClause(node, node.variableDeclaration, countedBlock(node.block));
  }
  return withCountedBody(node);
}

function withCountedBody(node: ts.Node): ts.Node {
  if (ts.isWhileStatement(node))
    return factory.updateWhileStatement(node, node.expression, countedBlock(node.statement));
  if (ts.isDoStatement(node)) return factory.updateDoStatement(node, countedBlock(node.statement), node.expression);
  if (ts.isForStatement(node)) {
    return factory.updateForStatement(
      node,
      node.initializer,
      node.condition,
      node.incrementor,
      countedBlock(node.statement),
    );
  }
  if (ts.isForOfStatement(node)) {
    return factory.updateForOfStatement(
      node,
      node.awaitModifier,
      node.initializer,
      node.expression,
      countedBlock(node.statement),
    );
  }
  if (ts.isFunctionDeclaration(node) && node.body !== undefined) {
    return factory.updateFunctionDeclaration(
      node,
      node.modifiers,
      node.asteriskToken,
      node.name,
      node.typeParameters,
      node.parameters,
      node.type,
      countedBlock(node.body),
    );
  }
  if (ts.isMethodDeclaration(node) && node.body !== undefined) {
    return factory.updateMethodDeclaration(
      node,
      node.modifiers,
      node.asteriskToken,
      node.name,
      node.questionToken,
      node.typeParameters,
      node.parameters,
      node.type,
      countedBlock(node.body),
    );
  }
  if (ts.isArrowFunction(node)) {
    const body = ts.isBlock(node.body) ? countedBlock(node.body) : counted(node.body);
    return factory.updateArrowFunction(
      node,
      node.modifiers,
      node.typeParameters,
      node.parameters,
      node.type,
      node.equalsGreaterThanToken,
      body,
    );
  }
  return node;
}
